"""The chain of trust as a drawing in SVG, for the page; what is broken has dashes and a sign."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.render.map_stages import Mark
from dnstrace.render.trust_map import spoken, trust_map

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.render.trust_map import Arrow, Band, Box

_CHARACTER, _LINE, _PAD = 7.3, 17.0, 10.0  # pixels, at 12 px monospace
_BETWEEN, _BELOW, _APART = 20.0, 36.0, 44.0  # pixels between boxes, rows and bands
_ROUND = {"DNSKEY": 14, "RRSIG": 0}
_LEAST = 260.0  # pixels: the width of a band


class _Placed(NamedTuple):
    """A box and where it is: its middle, its top and its size, in pixels."""

    box: Box
    middle: float
    top: float
    width: float
    height: float


def chain_drawing(trace: Trace) -> str:
    """The drawing as an SVG element for a page with the style sheet of the map; empty without a judgement."""
    bands = trust_map(trace)
    if not bands:
        return ""
    inner = max(_LEAST, *(_row_width(row) for band in bands for row in band.rows))
    inner = max(inner, *(_CHARACTER * len(band.title) for band in bands))
    shapes, top = list[str](), _PAD
    earlier: dict[object, dict[object, _Placed]] = {}
    before: Band | None = None
    for band in bands:
        placed, bottom = _placed(band, top, inner)
        follows = before is not None and before.zone == _parent_of(band, bands)
        above = earlier[before.zone] if follows and before is not None else {}
        shapes += _band_shapes(band, top, bottom, inner)
        shapes += (shape for arrow in band.arrows for shape in _arrow(arrow, placed, above))
        shapes += (shape for each in placed.values() for shape in _box(each))
        earlier[band.zone], before, top = placed, band, bottom + _APART
    width, height = inner + 4 * _PAD, top - _APART + _PAD
    label = escape(f"Chain of trust: {spoken(bands)}")
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg class="map chain" {size} role="img" aria-label="{label}">{"".join(shapes)}</svg>'


def _parent_of(band: Band, bands: list[Band]) -> object:
    """The deepest zone above a band's."""
    above = [each.zone for each in bands if band.zone != each.zone and band.zone.is_subdomain(each.zone)]
    return max(above, key=len, default=None)


# --- places -----------------------------------------------------------------------------------------


def _width(box: Box) -> float:
    return _CHARACTER * max(map(len, (box.title, *(line.text for line in box.lines)))) + 2 * _PAD


def _row_width(row: list[Box]) -> float:
    return sum(map(_width, row)) + _BETWEEN * (len(row) - 1)


def _placed(band: Band, top: float, inner: float) -> tuple[dict[object, _Placed], float]:
    """The boxes of a band by their identity, each row in the middle, and where the band ends."""
    found: dict[object, _Placed] = {}
    level = top + 2 * _LINE
    for row in band.rows:
        left = 2 * _PAD + (inner - _row_width(row)) / 2
        tallest = 0.0
        for box in row:
            width, height = _width(box), _LINE * (1 + len(box.lines)) + _PAD
            key = box.key if box.key not in found else (box.key, left)
            found[key] = _Placed(box, left + width / 2, level, width, height)
            left, tallest = left + width + _BETWEEN, max(tallest, height)
        level += tallest + _BELOW
    return found, level - _BELOW + _PAD


# --- shapes -----------------------------------------------------------------------------------------


def _band_shapes(band: Band, top: float, bottom: float, inner: float) -> Iterator[str]:
    yield (
        f'<rect class="band {band.mark.value}" x="{_PAD:g}" y="{top:g}" width="{inner + 2 * _PAD:g}" '
        f'height="{bottom - top:g}"/>'
    )
    yield f'<text class="name" x="{2 * _PAD:g}" y="{top + _LINE:g}">{escape(band.title)}</text>'


def _box(placed: _Placed) -> Iterator[str]:
    box, middle, top, width, height = placed
    left = middle - width / 2
    radius = _ROUND.get(box.title.partition(" ")[0], 4)
    yield "<g>"
    yield (
        f'<rect class="{box.mark.value}" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'rx="{radius}"/>'
    )
    texts = [("name", box.title), *((line.mark.value, line.text) for line in box.lines)]
    for number, (style, text) in enumerate(texts, 1):
        level = top + number * _LINE
        yield f'<text class="{style}" x="{left + _PAD:g}" y="{level:g}">{escape(text)}</text>'
    yield "</g>"


def _arrow(arrow: Arrow, placed: dict[object, _Placed], above: dict[object, _Placed]) -> Iterator[str]:
    """An arrow from the bottom of a box to the top of another; none if one of them is not drawn."""
    start, end = (above if arrow.from_parent else placed).get(arrow.start), placed.get(arrow.end)
    if start is None or end is None:
        return
    from_y, to_y = start.top + start.height, end.top
    bend = min(_BELOW, (to_y - from_y) / 2)
    style = "broken" if arrow.mark is Mark.BAD else "sound"
    yield (
        f'<path class="arrow {style}" d="M {start.middle:g} {from_y:g} C {start.middle:g} {from_y + bend:g} '
        f'{end.middle:g} {to_y - 8 - bend:g} {end.middle:g} {to_y - 7:g}"/>'
    )
    yield f'<path class="head {style}" d="M {end.middle:g} {to_y:g} l -5 -9 h 10 z"/>'
    if arrow.mark is Mark.BAD:
        middle, level = (start.middle + end.middle) / 2, (from_y + to_y) / 2 + 3
        yield f'<text class="bad cross" x="{middle + 7:g}" y="{level:g}">✗</text>'
