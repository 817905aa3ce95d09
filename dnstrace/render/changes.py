"""What changed between two traces, for people: by zone, with removed and added items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.differences import in_words
from dnstrace.render.layout import ASCII, UNICODE, Node, rows
from dnstrace.render.text import count_text, harmless
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from dnstrace.analysis.differences import Difference

_FINDING = "finding"
_GONE, _NEW, _OTHER = ("- ", BAD), ("+ ", GOOD), ("~ ", WARNING)


class Changes:
    """Differences as a rich renderable."""

    def __init__(self, blocks: list[list[Node]], ascii_only: bool) -> None:
        self._blocks, self._guides = blocks, ASCII if ascii_only else UNICODE

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol."""
        for index, block in enumerate(self._blocks):
            if index:
                yield Text("")
            for node in block:
                yield from rows(node, options.max_width, self._guides)


def changes(
    found: tuple[Difference, ...], question: str, old: str, new: str, *, ascii_only: bool = False
) -> Changes:
    """What to print with a rich Console; `old` and `new` are the times of the traces."""
    head = Text.assemble((harmless(question), STRONG), (f"   {harmless(old)} to {harmless(new)}", QUIET))
    blocks = [[Node(head)]]
    for zone in dict.fromkeys(each.zone for each in found):
        lines = [Node(_change_line(each)) for each in found if each.zone == zone]
        blocks.append([Node(Text(harmless(zone or question), STRONG), lines, heading=True)])
    total = count_text(len(found), "change") if found else "nothing has changed"
    return Changes([*blocks, [Node(Text(total, WARNING if found else GOOD))]], ascii_only)


def _change_line(each: Difference) -> Text:
    sign, style = _NEW if each.old is None else _GONE if each.new is None else _OTHER
    if each.what == _FINDING:  # what is found no more is good news, and what is new is not
        style = GOOD if each.new is None else WARNING
    if each.worse:
        style = BAD
    text = harmless(each.text)
    if each.zone is not None:
        text = text.removeprefix(f"{harmless(in_words(each.zone))}: ")
    return Text.assemble((sign, style), (text, BAD if each.worse else ""))
