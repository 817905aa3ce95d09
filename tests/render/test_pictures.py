# ruff: noqa: RUF001
"""The map of a trace, as Mermaid, DOT and SVG: exact, whole, and harmless whatever the names are."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from dnstrace.api import report
from dnstrace.lab.world import load, names
from dnstrace.render.pictures import dot, mermaid, svg
from tests.checks.checking import checked, walked
from tests.cli.running import run
from tests.lab.worlds import own
from tests.render import traces

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(f"{SVG}text")]


def test_the_textbook_as_mermaid() -> None:
    assert (
        mermaid(report(own("textbook", 4070))).partition("  classDef")[0]
        == """\
---
title: 'www.example.com. A'
---
flowchart TD
  s0(["<b>user</b>"]):::plain
  s1(["<b>browser</b><br>needs www.example.com A"]):::plain
  s0 -->|"① types www.example.com"| s1
  s2(["<b>resolver</b><br>dnstrace, in its place"]):::plain
  s1 -->|"② asks it"| s2
  s3["<b>. (the root)</b><br>a.root-servers.net. 198.41.0.4, 12 ms<br>12 other servers: not asked"]:::plain
  s2 -->|"③ asks"| s3
  s4["<b>com.</b><br>e.gtld-servers.net. 192.12.94.30, 21 ms<br>12 other servers: not asked"]:::plain
  s3 -->|"④ asks one: NS ×13, TTL 2d, glue, DS"| s4
  s5["<b>example.com.</b><br>ns-2048.awsdns-64.com. 205.251.200.0, 8 ms<br>\
ns-2049.awsdns-65.net. not asked<br>ns-2050.awsdns-66.org. not asked<br>\
ns-2051.awsdns-67.co.uk. not asked"]:::plain
  s5b0["ns-2048.awsdns-64.com. looked up<br>205.251.200.0"]:::quiet -.-> s5
  s4 -->|"⑤ asks one: NS ×4, TTL 2d, no glue"| s5
  s6(["<b>www.example.com.</b><br>5m A 192.0.2.44"]):::good
  s5 -->|"⑥ is answered"| s6
  s7(["<b>resolver</b><br>caches it for 5m, until 14:05:00 UTC"]):::plain
  s6 -->|"⑦ returns it"| s7
  s8(["<b>web server 192.0.2.44</b>"]):::plain
  s7 -->|"⑧ browser requests www.example.com"| s8
  s9(["<b>browser</b><br>shows the page"]):::plain
  s8 -->|"⑨ sends the page"| s9
"""
    )


def test_what_is_wrong_stands_at_its_place() -> None:
    shown = texts(svg(report(checked(load("parent-child-differ")))))
    first = shown.index("ns2.example.com. 198.51.100.53, 24 ms") - 1
    assert [text for text in shown[first : first + 9] if text != "⑥ is answered"] == [
        "example.com.",
        "ns2.example.com. 198.51.100.53, 24 ms",
        "ns1.example.com. refused",
        "error: refuses",
        "error: glue-differs",
        "warning: ns-differs",
        "www.example.com.",
        "5m A 192.0.2.44",
    ]
    assert shown[-1].startswith("answer, insecure, ")


def test_an_alias_leads_on_and_a_failure_ends_it() -> None:
    assert "www.example.com is an alias" in texts(svg(report(walked("alias"))))
    assert texts(svg(report(walked("all-refuse"))))[-6:-4] == [
        "no answer",
        "no name server of example.com gave a usable answer: 4 refused",
    ]
    assert "NXDOMAIN, no such name" in texts(svg(report(walked("nxdomain"))))


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_every_world_is_drawn(world: str) -> None:
    """As SVG it is well formed, and every text lies within the picture."""
    trace = walked(world)
    root = ET.fromstring(svg(report(trace)))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for each in root.iter(f"{SVG}text"):
        assert float(each.attrib["x"]) >= 0 and float(each.attrib["x"]) + 7.3 * len(each.text or "") <= width
        assert 0 <= float(each.attrib["y"]) <= height
    assert not [each for each in root.iter() if each.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}a")]
    assert mermaid(report(trace)).count("\n") > 10


@pytest.mark.parametrize("which", traces.ALL)
def test_hostile_names_stay_within_their_labels(which: str, tmp_path: Path) -> None:
    trace = traces.ALL[which]()
    ET.fromstring(svg(report(trace)))
    for line in mermaid(report(trace)).splitlines()[4:]:
        assert line.count('"') % 2 == 0 and line.count('"') <= 2
        assert not set(line.split('"')[1] if '"' in line else "") & set("[]{}|`\\\x1b\x00")


def test_graphviz_draws_every_world(tmp_path: Path) -> None:
    if shutil.which("dot") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Graphviz is not installed")
    files = []
    for number, trace in enumerate(
        [*(walked(world) for world in names()), *(make() for make in traces.ALL.values())]
    ):
        files.append(tmp_path / f"{number}.dot")
        files[-1].write_text(dot(report(trace)))
    done = subprocess.run(
        ["dot", "-Tsvg", "-O", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
    for file in files:
        drawn = ET.parse(f"{file}.svg").getroot()
        boxes = sum(each.attrib.get("class") == "node" for each in drawn.iter(f"{SVG}g"))
        assert boxes == file.read_text().count('", color=')


def test_the_command_prints_and_writes_them(tmp_path: Path) -> None:
    assert run("--lab", "--mermaid", "--seed", "4070").out == mermaid(report(own("textbook", 4070)))
    assert run("--lab", "--dot", "--seed", "4070").out == dot(report(own("textbook", 4070)))
    path = tmp_path / "map.svg"
    assert run("--lab", "--short", "--svg", str(path), "--seed", "4070").out == "192.0.2.44\n"
    assert path.read_text() == svg(report(own("textbook", 4070)))
    assert "give one name and type" in run("--lab", "--dot", "one.example", "two.example").err


@pytest.mark.parametrize("world", ["textbook", "lame", "alias"])
def test_no_room_is_left_empty_next_to_the_boxes(world: str) -> None:
    """On a telephone the boxes are seen without scrolling, and small maps are shrunk to its width."""
    root = ET.fromstring(svg(report(walked(world))))
    boxes = [(float(each.attrib["x"]), float(each.attrib["width"])) for each in root.iter(f"{SVG}rect")]
    assert min(left for left, _ in boxes) == 12
    width = float(root.attrib["width"])
    ends = [float(each.attrib["x"]) + 7 * len(each.text or "") for each in root.iter(f"{SVG}text")]
    assert max([*ends, *(left + wide for left, wide in boxes)]) <= width
    assert ("wide" in root.attrib["class"].split()) is (width > 470)
