"""`--serve`: a world of the lab on real sockets, until Ctrl-C, for dig, delv, unbound and other programs."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dnstrace.api.in_lab import placed
from dnstrace.cli.exits import Exit
from dnstrace.cli.usage import Usage, harmless, meant, shown
from dnstrace.cli.worlds import world_named
from dnstrace.lab import hosting
from dnstrace.lab.serve import Place, serve
from dnstrace.model import Settings
from dnstrace.model.naming import plain
from dnstrace.model.tracing import Tracing

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.lab.world import World
    from dnstrace.model import Question

_OWN = "addresses"
_UNSHARE = "sudo unshare --net dnstrace --lab{world} --serve=addresses"
_ENTER = "sudo nsenter --net --target {process}"


def serve_world(chosen: Choices, environment: Environment) -> int:
    """Serve the world that the user chose until Ctrl-C; the exit status. Raises Usage."""
    world = _with_what_answers(hosting.at_present(world_named(chosen.lab or "")), chosen)
    question = chosen.questions[0] if chosen.questions else world.question
    signed = chosen.dnssec is not False
    gc.enable()  # `cli.main` starts without it
    with TemporaryDirectory(prefix="dnstrace-lab-") as directory, suppress(KeyboardInterrupt):
        places = _places(world, chosen)
        asked = places.get(_address_of_zone(world, question), ("", 0))
        if chosen.serve == _OWN:
            files = hosting.write_files(world, Path(directory), signed)
            hints = "" if placed(Tracing(), world).roots is None else f" --root-hints {files.hints}"
            uses = [*_in_the_namespace(question, asked, files, hints)]
        else:
            uses = [*_on_ports(question, asked, chosen.lab or "")]
        text = "\n".join((*_table(world, places), "", *uses, ""))
        asyncio.run(_until_stopped(world, places, signed, lambda: environment.write(text)))
    return Exit.ANSWER


def _with_what_answers(world: World, chosen: Choices) -> World:
    """The world without the servers that are dropped. Raises Usage for one that it does not have."""
    from dnstrace.cli.replaying import addresses_of

    servers = {str(each.name): frozenset(each.rtt) for each in world.servers}
    for each in chosen.drop:
        if not addresses_of(each, servers):
            raise Usage(f"--drop: world {world.name} has no server {shown(each)}{meant(each, servers)}")
    dropped = (addresses_of(each, servers) for each in chosen.drop)
    return hosting.without(world, frozenset().union(*dropped))


def _places(world: World, chosen: Choices) -> dict[str, Place]:
    """Where each address of the world is served. Raises Usage."""
    if chosen.serve != _OWN:
        port = chosen.settings.port
        return hosting.on_ports(world, None if port == Settings().port else port)
    try:
        return hosting.at_own_addresses(world)
    except OSError as error:
        there = _UNSHARE.format(world=_typed(chosen.lab or ""))
        raise Usage(
            f"--serve=addresses needs a network namespace of its own ({error}): type {there}"
        ) from error


async def _until_stopped(
    world: World, places: Mapping[str, Place], signed: bool, ready: Callable[[], None]
) -> None:
    """Serve, say so when all of it listens, and end when the process is asked to end. Raises Usage."""
    stopped = asyncio.Event()
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    try:
        async with serve(world, places, signed=signed):
            ready()
            await stopped.wait()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Usage(f"--serve: {error.strerror or error}") from error


# --- what is printed ----------------------------------------------------------------------------------


def _table(world: World, places: Mapping[str, Place]) -> Iterator[str]:
    """Each server with its addresses, and with the places where these are served if they are others."""
    yield harmless(f"{world.name}: {world.title}")
    yield f"{len(world.servers)} servers at {len(places)} addresses; Ctrl-C ends it"
    yield ""
    rows = [
        (plain(server.name), address, *_place(address, places[address]))
        for server in world.servers
        for address in server.rtt
        if address in places
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    before = ""
    for name, *others in rows:
        cells = ("" if name == before else name, *others)
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        before = name


def _place(address: str, place: Place) -> tuple[str, ...]:
    return () if place[0] == address else (f"{place[0]} port {place[1]}",)


def _address_of_zone(world: World, question: Question) -> str:
    """The first address of the deepest zone above a name; empty where there is none."""
    above = [
        (len(zone.origin), address)
        for server in world.servers
        for zone in server.zones
        for address in server.rtt
        if question.name.is_subdomain(zone.origin)
    ]
    return max(above, key=lambda each: each[0], default=(0, ""))[1]


def _on_ports(question: Question, asked: Place, lab: str) -> Iterator[str]:
    yield "Ask any of them:"
    yield f"  dig @{asked[0]} -p {asked[1]} {_asked(question)} +norecurse"
    yield ""
    yield "Resolvers need the addresses of the world itself: on Linux, type"
    yield f"  {_UNSHARE.format(world=_typed(lab))}"


def _in_the_namespace(question: Question, server: Place, files: hosting.Files, hints: str) -> Iterator[str]:
    asked = _asked(question)
    yield f"In this network namespace ({_ENTER.format(process=os.getpid())}):"
    yield f"  dig @{server[0]} {asked} +norecurse"
    trusted = "" if files.anchor is None else f" --trust-anchor {files.anchor}"
    yield f"  dnstrace {asked}{hints}{trusted}"
    yield ""
    yield "With a resolver at 127.0.0.1:"
    yield f"  unbound -c {files.unbound} &"
    yield f"  dig @127.0.0.1 {asked}"
    if files.delv is not None:
        yield f"  delv @127.0.0.1 -a {files.delv} {asked}"


def _asked(question: Question) -> str:
    return f"{plain(question.name)} {question.rdtype.name}"


def _typed(lab: str) -> str:
    """The world as it was typed, after a blank."""
    from shlex import quote

    return f" {quote(lab)}" if lab else ""
