"""The map of a trace as Mermaid, as DOT (Graphviz), and as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from dnstrace.render.delegation_map import delegation_map
from dnstrace.render.layout import TIMES
from dnstrace.render.map_stages import Line, Map, Mark, Stage

if TYPE_CHECKING:
    from dnstrace.model.report import Report

_PLAIN = f" .,:-_/(){TIMES}"
_COLOURS = {  # border and text: on a light ground, and on a dark one
    Mark.PLAIN: ("#57606a", "#8b949e"),
    Mark.GOOD: ("#1a7f37", "#3fb950"),
    Mark.WARNING: ("#9a6700", "#d29922"),
    Mark.BAD: ("#cf222e", "#f85149"),
    Mark.QUIET: ("#6e7781", "#7d8590"),
}


def mermaid(report: Report) -> str:
    """A Mermaid flowchart, which issue trackers and wikis draw."""
    drawn = delegation_map(report)
    lines = ["---", f"title: {_yaml(drawn.title)}", "---", "flowchart TD"]
    for number, stage in enumerate(drawn.stages):
        lines.append(f"  s{number}{_mermaid_node(stage)}:::{stage.mark.value}")
        lines += [
            f'  s{number}b{index}["{_mermaid_lines(beside)}"]:::quiet -.-> s{number}'
            for index, beside in enumerate(stage.beside)
        ]
        if number:
            label = f'|"{_mermaid(stage.arrow)}"|' if stage.arrow else ""
            lines.append(f"  s{number - 1} -->{label} s{number}")
    lines += [
        f"  classDef {mark.value} stroke:{light},stroke-width:2px" for mark, (light, _) in _COLOURS.items()
    ]
    return "\n".join(lines) + "\n"


def _mermaid_node(stage: Stage) -> str:
    text = "<br>".join(filter(None, (f"<b>{_mermaid(stage.title)}</b>", _mermaid_lines(stage.lines))))
    return f'["{text}"]' if stage.is_zone else f'(["{text}"])'


def _mermaid_lines(lines: tuple[Line, ...]) -> str:
    return "<br>".join(_mermaid(line.text) for line in lines)


def _mermaid(text: str) -> str:
    """Text that cannot end a label or form markup: anything not plain is written as its code point."""
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in text)


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- DOT --------------------------------------------------------------------------------------------


def dot(report: Report) -> str:
    """A graph in the DOT language of Graphviz."""
    drawn = delegation_map(report)
    lines = [
        "digraph dnstrace {",
        f"  graph [label={_dot_quoted(drawn.title)}, labelloc=t, fontname=monospace, rankdir=TB]",
        "  node [shape=box, fontname=monospace, fontsize=10, style=rounded]",
        "  edge [fontname=monospace, fontsize=9, color=gray40]",
    ]
    for number, stage in enumerate(drawn.stages):
        lines.append(f"  s{number} [label={_dot_label(stage.title, stage.lines)}, {_dot_style(stage)}]")
        for index, beside in enumerate(stage.beside):
            grey = _COLOURS[Mark.QUIET][0]
            lines += [
                f'  s{number}b{index} [label={_dot_label("", beside)}, color="{grey}", fontcolor="{grey}"]',
                f"  s{number}b{index} -> s{number} [style=dashed]",
            ]
        if number:
            label = f" [label={_dot_quoted(stage.arrow)}]" if stage.arrow else ""
            lines.append(f"  s{number - 1} -> s{number}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _dot_style(stage: Stage) -> str:
    return f'color="{_COLOURS[stage.mark][0]}"' + ("" if stage.is_zone else ', style="rounded,bold"')


def _dot_label(title: str, lines: tuple[Line, ...]) -> str:
    """The lines of a box, left-aligned."""
    texts = [*([title] if title else []), *(line.text for line in lines)]
    return '"' + "".join(f"{_dot_escaped(text)}\\l" for text in texts) + '"'


def _dot_quoted(text: str) -> str:
    return f'"{_dot_escaped(text)}"'


def _dot_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# --- SVG --------------------------------------------------------------------------------------------

_CHARACTER, _LINE, _PAD, _GAP, _ASIDE = 7.3, 17.0, 12.0, 46.0, 40.0  # in pixels, at 12 px monospace
_WIDE = 470.0  # pixels, from which a map is too wide to be shrunk onto a telephone
_REACHED = 8  # boxes, counted from the user, of which the keyboard reaches those that are links


def svg(report: Report, *, alone: bool = True) -> str:
    """A self-contained SVG picture, light or dark according to the viewer's preference.

    With `alone` it is a complete file; without, it belongs into a page whose style sheet includes `STYLE`,
    and its boxes lead to the steps of the walk there.
    """
    drawn = delegation_map(report)
    shapes, width, height = _laid_out(drawn, linked=not alone)
    role = "img" if alone else "group"
    title = escape(f"{drawn.title}: {drawn.summary}")
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    kind = "map wide" if width > _WIDE else "map"
    head = [
        *(['<?xml version="1.0" encoding="UTF-8"?>'] if alone else []),
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" {size} role="{role}" aria-label="{title}">',
        f"<title>{title}</title>",
        *([f"<style>{STYLE}</style>"] if alone else []),
    ]
    return "\n".join([*head, *shapes, "</svg>"]) + "\n"


def _laid_out(drawn: Map, linked: bool) -> tuple[list[str], float, float]:
    """All shapes, and the width and height of the picture."""
    widths = [_width(stage.title, stage.lines) for stage in drawn.stages]
    half = max(widths) / 2
    labels = [_CHARACTER * len(stage.arrow) + _PAD for stage in drawn.stages if stage.arrow]
    column = max(_CHARACTER * len(drawn.title) * 1.2, half + max([half, *labels]))
    aside = max((_width("", lines) for stage in drawn.stages for lines in stage.beside), default=0.0)
    shapes = [f'<text class="title" x="{_PAD:g}" y="{_LINE + 4:g}">{escape(drawn.title)}</text>']
    top, before = 2 * _LINE, None
    for index, (stage, width) in enumerate(zip(drawn.stages, widths, strict=True)):
        middle = _PAD + half
        if before is not None:
            shapes += _arrow(middle, before, top, stage.arrow)
        height = _height(stage.title, stage.lines)
        box = _box(middle - width / 2, top, width, stage.title, stage.lines, stage.mark, stage.is_zone)
        first = stage.step not in {each.step for each in drawn.stages[:index]}
        shapes += _linked(box, stage.step, first and index < _REACHED) if linked and stage.step else box
        beside_top = top
        for lines in stage.beside:
            left, tall = 2 * _PAD + column + _ASIDE, _height("", lines)
            shapes += _box(left, beside_top, _width("", lines), "", lines, Mark.QUIET, True)
            level = beside_top + tall / 2
            edge = f"{middle + width / 2:g} {min(level, top + height - _PAD):g}"
            shapes.append(f'<path class="aside" d="M {left:g} {level:g} L {edge}"/>')
            beside_top += tall + _PAD
        before = top + height
        top = max(before, beside_top - _PAD) + _GAP
    bottom = top - _GAP + 2 * _LINE
    shapes.append(f'<text class="quiet" x="{_PAD:g}" y="{bottom - _PAD:g}">{escape(drawn.summary)}</text>')
    total = column + 2 * _PAD + (aside + _ASIDE + 2 * _PAD if aside else 0.0)
    return shapes, max(total, _CHARACTER * len(drawn.summary) + 2 * _PAD), bottom


def _linked(box: Iterator[str], step: int, reached: bool) -> Iterator[str]:
    """A box that leads to a step of the walk; the keyboard passes by it unless it is `reached`.

    Of two boxes that lead to one step the first is.
    """
    skipped = "" if reached else ' tabindex="-1"'
    yield f'<a href="#walk-{step}"{skipped}>'
    yield from box
    yield "</a>"


def _width(title: str, lines: tuple[Line, ...]) -> float:
    return _CHARACTER * max(map(len, [title, *(line.text for line in lines)])) + 2 * _PAD


def _height(title: str, lines: tuple[Line, ...]) -> float:
    return _LINE * (len(lines) + bool(title)) + _PAD


def _box(
    left: float, top: float, width: float, title: str, lines: tuple[Line, ...], mark: Mark, is_zone: bool
) -> Iterator[str]:
    height, radius = _height(title, lines), 4 if is_zone else 14
    yield (
        f'<rect class="{mark.value}" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'rx="{radius}"/>'
    )
    level = top + _LINE
    if title:
        yield f'<text class="name" x="{left + _PAD:g}" y="{level:g}">{escape(title)}</text>'
        level += _LINE
    for line in lines:
        yield f'<text class="{line.mark.value}" x="{left + _PAD:g}" y="{level:g}">{escape(line.text)}</text>'
        level += _LINE


def _arrow(middle: float, start: float, end: float, label: str) -> Iterator[str]:
    yield f'<path class="arrow" d="M {middle:g} {start:g} V {end - 7:g}"/>'
    yield f'<path class="head" d="M {middle:g} {end:g} l -5 -9 h 10 z"/>'
    if label:
        yield f'<text class="quiet" x="{middle + 8:g}" y="{(start + end) / 2 + 4:g}">{escape(label)}</text>'


def _map_style() -> str:
    """The style sheet, for light and dark."""
    return f"{_SHAPES}{_colours(False)}@media screen and (prefers-color-scheme:dark){{{_colours(True)}}}"


def _colours(dark: bool) -> str:
    ground, ink = ("#0d1117", "#e6edf3") if dark else ("#ffffff", "#1f2328")
    line = _COLOURS[Mark.PLAIN][dark]
    rules = [f".map{{background:{ground}}}", f".map rect{{fill:{ground}}}"]
    for mark, pair in _COLOURS.items():
        rules.append(f".map rect.{mark.value}{{stroke:{pair[dark]}}}")
        rules.append(f".map text.{mark.value}{{fill:{ink if mark is Mark.PLAIN else pair[dark]}}}")
    rules.append(f".map .name,.map .title{{fill:{ink}}}")
    rules.append(f".map .arrow,.map .aside{{stroke:{line}}}.map .head{{fill:{line}}}")
    return "".join(rules)


_SHAPES = (
    ".map text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}"
    ".map .name,.map .title{font-weight:600}.map .title{font-size:14px}"
    ".map rect{stroke-width:1.5}.map .arrow,.map .aside{fill:none;stroke-width:1.2}"
    ".map .aside{stroke-dasharray:4 3}"
)
STYLE = _map_style()
"""The style sheet of the picture; its rules apply within the class `map`."""
