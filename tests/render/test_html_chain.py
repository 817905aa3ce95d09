"""The drawing of the chain of trust: what is broken is told apart without colour too."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from dnstrace.lab.world import load
from dnstrace.render.html_chain import chain_drawing
from tests.checks.checking import checked
from tests.render import traces


def test_a_broken_link_has_dashes_and_a_cross_and_a_good_one_neither() -> None:
    bad, good = (chain_drawing(checked(load(f"dnssec-{name}"))) for name in ("missing-key", "good"))
    assert bad.count('class="arrow broken"') == bad.count('class="bad cross"') == 3
    assert "broken" not in good and "✗" not in good and good.count('class="arrow sound"') > 12
    assert 'aria-label="Chain of trust: ✓ . (the root): secure; ✓ com: secure; ✗ example.com: bogus"' in bad


def test_boxes_lie_within_the_picture_and_apart_from_each_other() -> None:
    drawn = ET.fromstring(chain_drawing(checked(load("dnssec-alias"))))
    width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
    boxes = [
        tuple(float(each.attrib[key]) for key in ("x", "y", "width", "height"))
        for each in drawn.iter("rect")
        if "band" not in each.attrib["class"]
    ]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for index, (x, y, w, h) in enumerate(boxes):
        for left, top, wide, tall in boxes[:index]:
            assert x >= left + wide or left >= x + w or y >= top + tall or top >= y + h


def test_names_are_escaped() -> None:
    for make in traces.ALL.values():
        assert not re.search("<(script|img)", chain_drawing(make()))
