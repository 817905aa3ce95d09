"""Draws a tree of lines within a width: guides, hanging indentation, limited depth.

A line is never truncated. A line that does not fit is folded: between parts (` · `) if
possible, then between words, then after the dots of a name, then anywhere. Only text to be copied is not
folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from dnstrace.model.structs import Struct, field
from dnstrace.render.in_ascii import in_ascii

TIMES = "\N{MULTIPLICATION SIGN}"
GUIDE_STYLE = "dim"
UNICODE_ONLY = "not bold"  # the style of a Unicode form that follows its ASCII form
_DEEPEST = 16  # nested zones that are indented at most, however wide the terminal
_ALWAYS = 5  # nested zones that are always indented
_ROOM = 56  # columns kept for text; beyond that, nested zones are no longer indented
_LEAST_ROOM = 30  # columns always kept for text
_SET_IN = "    "
_GUTTER, _PARTS = "  ", " · "  # separate the cells of a row: in columns, and in one line
_LEAST_CELL = 15  # columns for the last cell of a row
_LEAST_DEEP = 2  # levels indented on the narrowest terminal
_SPLITS = (
    re.compile(r".+?(?:\s+(?=[·─] )|\s{3,}|$)", re.DOTALL),  # parts
    re.compile(  # words; a time with its unit, and the numbers of steps together
        r"\s*(?:[·─] )?(?:[\d.]+ m?s(?=\W|$)|#\d+(?: #\d+)*(?: \.\.\.)?|\S+)\s*|\s+"
    ),
    re.compile(r"(?:\\.|[^.\\])*\.+\s*|(?:\\.|[^.\\])+|\\", re.DOTALL),  # labels
    re.compile(r"\\\d{3}|\\u\{[0-9a-f]+\}|\\.|.", re.DOTALL),  # characters
)


class Guides(Struct):
    """The strings that draw the tree, all of the same width, and whether lines may use Unicode."""

    fork: str
    end: str
    pass_by: str
    blank: str
    fork_below: str
    end_below: str
    unicode: bool


UNICODE = Guides("├─ ", "└─ ", "│  ", "   ", "├┄ ", "└┄ ", True)
ASCII = Guides("|-- ", "`-- ", "|   ", "    ", "|.. ", "`.. ", False)


class Node(Struct, frozen=False):
    """A line and its children.

    `descends` is set if the node may be drawn next to its parent instead of below it when the tree gets too
    deep; a dashed guide then shows that it belongs below. The children of a `heading` are indented without
    guides. An `aside` has no guide of its own. The children of a `closed` node are collapsed where the output
    allows that. A `verbatim` line is meant to be copied and is never folded. `steps` are the ids of the steps
    that a zone's line begins.
    """

    line: Text
    children: list[Node] = field(default_factory=list)
    descends: bool = False
    heading: bool = False
    aside: bool = False
    closed: bool = False
    verbatim: bool = False
    steps: tuple[int, ...] = ()


class _Placed(Struct):
    """A node with the guides before its first line and before the following lines.

    `run` counts the chain of descending nodes that ends with this one.
    """

    node: Node
    depth: int
    run: int
    first: str
    rest: str


def rows(root: Node, width: int, guides: Guides) -> Iterator[Text]:
    """The lines of `root` and everything below it, at most `width` columns wide (at least 40)."""
    stack = [_Placed(root, 0, 1, "", "")]
    while stack:
        placed = stack.pop()
        below = list(_placed_below(placed, width, guides))
        hang = guides.pass_by + " " if below else guides.blank + " "
        if placed.depth and placed.first == placed.rest == _SET_IN:
            hang = _SET_IN  # there are no guides, which may be wider in ASCII
        alone = placed.node.heading or not (placed.depth or below)
        yield from _folded(placed, width, "  " if alone else hang, guides)
        stack.extend(reversed(below))


def _placed_below(placed: _Placed, width: int, guides: Guides) -> Iterator[_Placed]:
    depth = placed.depth + 1
    step = len(guides.blank)
    everything = depth >= max((width - _LEAST_ROOM) // step, _LEAST_DEEP)
    longest = max(_ALWAYS, min(_DEEPEST, (width - _ROOM) // step))
    entries = [(child, False) for child in placed.node.children]
    if everything or placed.run >= longest:
        entries = list(_flattened(placed.node.children, everything))
    end_of_drawn = max((index for index, (node, _) in enumerate(entries) if not node.aside), default=0)
    for index, (node, below) in enumerate(entries):
        last = index >= end_of_drawn
        fork, end = (guides.fork_below, guides.end_below) if below else (guides.fork, guides.end)
        rest = guides.blank if last else guides.pass_by
        run = placed.run + 1 if node.descends else 0
        if placed.node.heading:
            fork = end = rest = _SET_IN
        elif node.aside:
            fork, end = guides.pass_by, guides.blank
        yield _Placed(node, depth, run, placed.rest + (end if last else fork), placed.rest + rest)


def _flattened(children: list[Node], everything: bool) -> Iterator[tuple[Node, bool]]:
    """The children, each followed by its descendants that are drawn next to it."""
    stack = [(child, False) for child in reversed(children)]
    while stack:
        node, below = stack.pop()
        goes = [everything or (node.descends and child.descends) for child in node.children]
        moved = [child for child, beside in zip(node.children, goes, strict=True) if beside]
        kept = [child for child, beside in zip(node.children, goes, strict=True) if not beside]
        yield Node(node.line, kept, node.descends), below
        stack.extend((child, True) for child in reversed(moved))


def _folded(placed: _Placed, width: int, hang: str, guides: Guides) -> Iterator[Text]:
    room = max(width - cell_len(placed.rest + hang), 1)
    line = placed.node.line if guides.unicode else _ascii_line(placed.node.line)
    pieces = [line] if placed.node.verbatim else fold(line, max(width - cell_len(placed.first), 1), room)
    for index, piece in enumerate(pieces):
        prefix = placed.rest + hang if index else placed.first
        yield Text.assemble((prefix, GUIDE_STYLE), piece, no_wrap=True, overflow="ignore")


def _ascii_line(line: Text) -> Text:
    """The line in ASCII: Unicode forms are dropped, signs replaced by similar ones, the rest by `?`."""
    line = line.copy()
    for span in reversed(line.spans):
        if span.style == UNICODE_ONLY:
            line = line[: span.start] + line[span.end :]
    line.plain = in_ascii(line.plain)
    return line


def fold(line: Text, first: int, rest: int) -> list[Text]:
    """`line` folded into lines: the first at most `first` columns wide, the others `rest`."""
    if cell_len(line.plain) <= first:
        return [line]
    offsets, position, used, room = [], 0, 0, first
    for token in _tokens(line.plain, min(first, rest), 0):
        size = cell_len(token.rstrip())
        if used and used + size > room:
            offsets.append(position)
            used, room = 0, rest
        position += len(token)
        used += cell_len(token)
    pieces = list(line.divide(offsets))
    for piece in pieces:
        piece.rstrip()
    return pieces


def _tokens(text: str, room: int, level: int) -> Iterator[str]:
    """The largest pieces of `text` that fit into `room`, in order; a fold goes between pieces."""
    for match in _SPLITS[level].finditer(text):
        token = match.group()
        if level == len(_SPLITS) - 1 or cell_len(token.rstrip()) <= room:
            yield token
        else:
            yield from _tokens(token, room, level + 1)


class Columns(Struct):
    """A table. The last cell of each row is folded if it is too wide.

    With `most`, it is cut to that many characters, or to as many as fit on its line if these are more; a
    remark at its end, with a style of its own, stays. If too little room is left for the last cells, or for
    the words in them, each row becomes a line of parts, each labelled with its column head.
    """

    heads: list[Text]
    rows: list[list[Text]]
    most: int | None = None

    def cut(self, room: int = 0) -> list[list[Text]]:
        """The rows, cut for so much room on one line."""
        if self.most is None:
            return self.rows
        return [[*row[:-1], _cut(row[-1], self.most, room)] for row in self.rows]

    def lines(self, width: int, guides: Guides) -> Iterator[Text]:
        """The lines, at most `width` columns wide."""
        ascii_only = not guides.unicode
        before = [[_shown(cell, ascii_only) for cell in row[:-1]] for row in (self.heads, *self.rows)]
        widths = [max(map(_cells, column)) for column in zip(*before, strict=True)]
        room = width - sum(widths) - len(_GUTTER) * len(widths)
        rows = self.cut(room)
        every = [
            [*first, _shown(row[-1], ascii_only)]
            for first, row in zip(before, (self.heads, *rows), strict=True)
        ]
        last = max(_cells(row[-1]) for row in every)
        if room >= min(last, max(_LEAST_CELL, _longest_word(every, width))):
            for row in every:
                yield from _side_by_side(row, widths, room)
        else:
            yield from fold(Text(no_wrap=True, overflow="ignore").append_text(every[0][0]), width, width)
            for row in rows:
                yield from (_shown(line, ascii_only) for line in _in_one_line(self.heads, row, width))


def _shown(cell: Text, ascii_only: bool) -> Text:
    return _ascii_line(cell) if ascii_only else cell


def _cut(cell: Text, most: int, room: int) -> Text:
    """A cell of at most `most` characters, or as many as there is room for, with the remark at its end."""
    last = cell.spans[-1] if cell.spans else None
    end = len(cell) if last is None or last.end < len(cell) else last.start
    most = max(most, room - (len(cell) - end))
    return cell if end <= most else cell[: most - 1].append("…").append_text(cell[end:])


def _side_by_side(row: list[Text], widths: list[int], room: int) -> Iterator[Text]:
    line = Text(no_wrap=True, overflow="ignore")
    for cell, width in zip(row[:-1], widths, strict=True):
        line.append_text(cell).append(" " * (width - _cells(cell)) + _GUTTER)
    first, *rest = fold(row[-1], room, room)
    set_in = " " * _cells(line)
    line.append_text(first).rstrip()
    yield line
    yield from (Text(set_in, no_wrap=True, overflow="ignore").append_text(piece) for piece in rest)


def _in_one_line(heads: list[Text], row: list[Text], width: int) -> Iterator[Text]:
    name, *cells = row
    labelled = [
        Text.assemble((f"{head.plain} ", GUIDE_STYLE), cell)
        for head, cell in zip(heads[1:], cells, strict=True)
        if cell.plain
    ]
    for index, piece in enumerate(fold(Text(_PARTS).join([name, *labelled]), width, width - len(_SET_IN))):
        yield Text(_SET_IN if index else "", no_wrap=True, overflow="ignore").append_text(piece)


def _longest_word(rows: list[list[Text]], width: int) -> int:
    """The columns of the longest word in the last cells, of those that a line of `width` columns holds."""
    lengths = (cell_len(word) for row in rows for word in row[-1].plain.split())
    return max((each for each in lengths if each <= width - len(_SET_IN)), default=0)


def _cells(cell: Text) -> int:
    return cell_len(cell.plain)
