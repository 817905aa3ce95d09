"""A world of the lab at its own addresses inside a network namespace, for resolvers to look up from.

`python -m tests.interop.lab_world FILE [4|6]` prints `ready` when everything listens, and serves until
it is killed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from dnstrace.lab.internet import World
from dnstrace.lab.serve import addresses, serve
from dnstrace.lab.world import read
from dnstrace.lab.worldfile import build
from dnstrace.model import family_of
from tests.interop.namespace import Namespace


def world_of(file: Path) -> World:
    """The world that a TOML file describes."""
    return build(file.stem, tomllib.loads(file.read_text()), read)


def start(namespace: Namespace, file: Path, stack: ExitStack, *only: str) -> None:
    """Serve the world in `file`, signed, and wait until everything listens; `stack` ends it.

    `only` may be the family whose addresses are served, `4` or `6`.
    """
    process = subprocess.Popen(
        namespace.inside([sys.executable, "-m", "tests.interop.lab_world", str(file), *only]),
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(_end, process)
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the world is not served")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate()


async def _stay(file: Path, only: Sequence[str]) -> None:
    world = world_of(file)
    there = [each for each in addresses(world) if not only or str(family_of(each)) in only]
    async with serve(world, {address: (address, 53) for address in there}, 0.0, signed=True):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_stay(Path(sys.argv[1]), sys.argv[2:]))
