"""What runs at a place without dnstrace: this program and dnspython as a zipapp.

It holds what a trace needs and nothing else: no command line, no rich, no lab. It is made from the files that
are installed; the same files give the same octets. dnspython is under the ISC licence, whose text is in it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can have
_LEFT_OUT = {"cli", "lab", "bulk", "web", "testing.py", "__main__.py", "__pycache__"}
_OF_PLACES = {"__init__.py", "frames.py", "asking.py", "there.py"}
_DATA = ("root.hints", "root.key", "public-suffixes.txt", "public-resolvers.toml")
_MAIN = b"""\
import sys
from dnstrace.places.there import answer
answer(sys.stdin.buffer, sys.stdout.buffer)
"""


@cache
def zipapp() -> bytes:
    """The octets of the zipapp."""
    found = dict(_files())
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(found):
            archive.writestr(zipfile.ZipInfo(name, _TIME), found[name], zipfile.ZIP_DEFLATED, 9)
    return octets.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    home = resources.files("dnstrace")
    yield "__main__.py", _MAIN
    for path, file in _sources(home, ""):
        if _is_needed(path.split("/")) and b"from rich" not in (octets := file.read_bytes()):
            yield f"dnstrace/{path}", octets
    for name in _DATA:
        yield f"dnstrace/data/{name}", (home / "data" / name).read_bytes()
    for path, file in _sources(resources.files("dns"), ""):
        yield f"dns/{path}", file.read_bytes()
    yield from _licence()


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    """The Python files in a folder and below it, by their paths."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from _sources(each, f"{path}{each.name}/")
        elif each.name.endswith(".py"):
            yield f"{path}{each.name}", each


def _is_needed(path: list[str]) -> bool:
    if path[0] == "places":
        return path[1] in _OF_PLACES
    return path[0] not in _LEFT_OUT and not path[-1].startswith("html_")


def _licence() -> Iterator[tuple[str, bytes]]:
    """The licence of dnspython, where its files are known to the installer."""
    try:
        files = metadata.files("dnspython") or ()
    except metadata.PackageNotFoundError:
        return
    for each in files:
        if each.name.upper().startswith("LICENSE"):
            yield "dns/LICENSE", each.read_binary()
