"""What a renderable looks like, as plain text on a console of a given width."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, RenderableType


def console(width: int, *, color: bool = False, height: int = 25) -> Console:
    """A console that writes into a StringIO, its `file`."""
    return Console(
        file=StringIO(), width=width, height=height, color_system="standard" if color else None,
        force_terminal=color, legacy_windows=False, markup=False, highlight=False, emoji=False,
    )  # fmt: skip


def look(renderable: RenderableType, width: int = 100, *, color: bool = False) -> str:
    """The text of `renderable`; with `color` with its escape sequences."""
    drawn = console(width, color=color)
    drawn.print(renderable)
    assert isinstance(drawn.file, StringIO)
    return drawn.file.getvalue()


def _main(words: list[str]) -> None:
    """To look at them: python -m tests.render.looks [-v] [--ascii] [NAME]..."""
    from dnstrace.api import report
    from dnstrace.render.tree import tree
    from tests.render import traces

    terminal = Console(
        markup=False, highlight=False, emoji=False, color_system="standard", force_terminal=True
    )
    for wanted in [word for word in words if word[0] != "-"] or traces.ALL:
        shown = report(traces.ALL[wanted]())
        terminal.print(tree(shown, verbose="-v" in words, ascii_only="--ascii" in words))
        terminal.print()


if __name__ == "__main__":
    import sys

    _main(sys.argv[1:])
