"""Worlds of a user's own: a TOML file anywhere, in the format of worldfile.py.

It may include the worlds of the lab by name and further files by path, relative to its own directory. What it
does not say itself it has from what it includes: question, time, families, resolvers, pages, and whether an
answer is validated. All of it is read and tried at once, since users write it by hand: WorldError says in one
line what is wrong, with file and line.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from typing import TYPE_CHECKING

import dns.name
import dns.rdatatype

from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.internet import World, WorldServer
from dnstrace.lab.lines import line_of
from dnstrace.lab.world import DEFAULT, is_path, load, read
from dnstrace.lab.worldfile import build
from dnstrace.message.wire import query_wire
from dnstrace.model import Query, Question, Transport
from dnstrace.model.allowed import check_kind
from dnstrace.model.naming import plain

if TYPE_CHECKING:
    from dnstrace.lab.tls import Tls
    from dnstrace.lab.zone import LabZone
    from dnstrace.model.documents import Content, Document

_INHERITED = ("question", "now", "families", "resolvers", "pages", "adot")
_DEEPEST = 8  # files that include one another
_LARGEST = 4_000_000  # octets
_AT_LINE = re.compile(r" \(at (?:line (\d+), (column \d+)|end of document)\)$")


def find(text: str = "") -> World:
    """The world of a name, the default one if it is empty, or the one in a file, which is read anew.

    Raises UnknownWorld, WorldError.
    """
    return load_file(text) if is_path(text) else load(text or DEFAULT)


def given(lab: str | os.PathLike[str] | World) -> World:
    """The world that a program gives by name, by the path of its file, or as a value. Raises ValueError."""
    if isinstance(lab, str):
        return find(lab)
    if isinstance(lab, os.PathLike):
        return load_file(os.fspath(lab))
    check_kind("a world", lab, World, "its name, the path of its file or a World")
    return lab


def load_file(path: str) -> World:
    """The world in a file. Raises WorldError."""
    files = _Files(path)
    try:
        content = files.read(path)
        whole = {"title": path} | _with_inherited(content, files.included)
        world = build(path, whole, files.included, path)
        _check(world)
        return world
    except WorldError as error:
        raise files.located(error) from error


class _Files:
    """The files of one world: what is in them, and where in them something is wrong."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._texts: dict[str, str] = {}

    def read(self, path: str) -> Content:
        """The content of a file. Raises WorldError."""
        try:
            with open(path, encoding="utf-8") as file:
                text = self._texts[path] = file.read(_LARGEST)
            return tomllib.loads(text)
        except OSError as error:
            raise WorldError(f"{path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise WorldError(f"{path}: is not a world: it is not UTF-8 text") from error
        except RecursionError as error:
            raise WorldError(f"{path}: is not a world: it is nested too deeply") from error
        except ValueError as error:  # of tomllib
            place = _AT_LINE.search(str(error))
            line = (place and place[1]) or 1 + text.rstrip("\n").count("\n")
            column = f" ({place[2]})" if place and place[2] else ""
            raise WorldError(f"{path}:{line}: {_AT_LINE.sub(column, str(error))}") from error

    def included(self, name: str) -> Content:
        """The content of what a file includes: a path, or the name of a world. Raises WorldError."""
        path = os.path.normpath(os.path.join(os.path.dirname(self._path), name))
        if is_path(name) and os.path.isfile(path):
            return self.read(path)
        if name.startswith("_"):
            return read(name)
        try:
            if is_path(name):
                raise UnknownWorld(f"there is no file {path}")
            load(name)
        except UnknownWorld as error:
            raise WorldError(f"{self._path}: include: {error}", "include") from error
        return read(name)

    def located(self, error: WorldError) -> WorldError:
        """The error with the file and the line where it is."""
        if not error.where:
            return error
        keys = re.sub("^(zone|page) ", "", error.where.removeprefix(f"{self._path}: "))
        where = [] if keys == "the file" else keys.split(": ")
        said = str(error).removeprefix(f"{self._path}: ").removeprefix("the file: ")
        texts = sorted(self._texts.items(), key=lambda each: error.wrong.strip() not in each[1])
        for path, text in texts:  # first those that have the line
            if line := line_of(text, where, error.wrong):
                return WorldError(f"{path}:{line}: {said}")
        return WorldError(f"{self._path}: {said}")


def _with_inherited(content: Content, read: Callable[[str], Content], depth: int = 0) -> Document:
    """A file's content with what it has from the files that it includes, apart from servers and zones."""
    found: Document = {"expect": {}}
    included = content.get("include", [])
    for name in included if isinstance(included, list) and depth < _DEEPEST else ():
        if isinstance(name, str):
            below = _with_inherited(read(name), read, depth + 1)
            found |= {key: below[key] for key in (*_INHERITED, "expect") if key in below}
    security = found["expect"].get("security")
    found["expect"] = {"security": security} if security else {}
    return {**found, **content}


# --- what reading alone does not show ----------------------------------------------------------------


def _check(world: World) -> None:
    """Read every zone and try every server once. Raises WorldError."""
    for zone in world.zones:
        zone.check()
        _check_signing(world, zone)
    for server in world.servers:
        _check_does(world, server, server.does, f"{plain(server.name)}: does")
        if server.tls is not None:
            both = (*server.does, *server.tls.does) if server.tls.does else ()
            _check_does(world, server, both, f"{plain(server.name)}: tls.does")
            _check_certificate(world, server.tls, f"{plain(server.name)}: tls")
    if not any(zone.origin == dns.name.root for zone in world.zones):
        why = 'there is no root zone to start from: add include = ["textbook"]'
        raise WorldError(f"{world.name}: {why}", "zones")


def _check_signing(world: World, zone: LabZone) -> None:
    if zone.sign is None or not zone.sign.broken:
        return
    from dnstrace.lab.signing import plan

    where = f"zone {plain(zone.origin)}: sign: broken"
    try:
        plan(zone.origin, zone.sign, world.now)
    except WorldError as error:
        raise WorldError(f"{world.name}: {error}", where) from error


def _check_certificate(world: World, tls: Tls, where: str) -> None:
    try:
        tls.secured(world.now)
    except Exception as error:  # whatever the library finds wrong with a name or a time
        why = f"its certificate cannot be made: {' '.join(str(error).split()) or type(error).__name__}"
        raise WorldError(f"{world.name}: {where}: {why}", where) from error


def _check_does(world: World, server: WorldServer, whole: tuple[str, ...], where: str) -> None:
    """Try what a server does, one thing after the other and then all of it."""
    for does in [(each,) for each in whole] + [whole] * (len(whole) > 1):
        try:
            _try(server, does, world.question)
        except WorldError as error:
            raise WorldError(f"{world.name}: {where}: {_unknown(does[0]) or error}", where) from error
        except Exception as error:  # whatever a misbehaviour makes of a value that it cannot have
            what = " and ".join(map(repr, does))
            why = f"{what} cannot be done: {' '.join(str(error).split()) or type(error).__name__}"
            raise WorldError(f"{world.name}: {where}: {why}", where) from error


def _try(server: WorldServer, does: tuple[str, ...], question: Question) -> None:
    """Put some questions to a server that does this."""
    from dnstrace.lab.server import LabServer

    answering = LabServer(server.zones, does)
    for zone in server.zones:
        for rdtype in (question.rdtype, dns.rdatatype.SOA):
            name = question.name if question.name.is_subdomain(zone.origin) else zone.origin
            for transport in (Transport.UDP, Transport.TCP):
                answering.react(query_wire(Query(Question(name, rdtype), ""), 0), transport)


def _unknown(text: str) -> str:
    """What is said of a misbehaviour that there is not; empty for any other."""
    from difflib import get_close_matches

    from dnstrace.lab.misbehaviour import MISBEHAVIOURS

    if (name := text.partition("=")[0]) in MISBEHAVIOURS:
        return ""
    near = get_close_matches(name, MISBEHAVIOURS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`dnstrace --lab new` shows some"
    return f"unknown misbehaviour {name!r}; {hint}"
