"""The picture in the README: `python -m tests.picture` draws it anew."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from dnstrace import trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load
from dnstrace.render.tree import tree

PICTURE = Path(__file__).parent.parent / ".github" / "lab.svg"
SEED, WIDTH = 4070, 84


def recorded() -> Console:
    """A console that holds what `dnstrace --lab --seed SEED` prints."""
    world = load()
    found = trace(
        world.question.name, world.question.rdtype, network=LabNetwork(world), now=world.now, seed=SEED
    )
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="standard")
    console.print(tree(found))
    return console


def draw() -> str:
    """The picture, as SVG."""
    return recorded().export_svg(title="dnstrace --lab")


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
