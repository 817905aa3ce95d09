from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.places.acting import FROM, acting
from tests.cli.running import run

__all__ = ["acting"]


def test_each_name_is_traced_from_each_place_in_the_order_of_the_file(
    acting: Callable[..., None], tmp_path: Path
) -> None:
    acting(here="in-domain", tokyo="intercepted")
    names = tmp_path / "names"
    names.write_text("www.example.com\nexample.com SOA\nnot..a..name\n")
    ran = run("-f", str(names), "--jsonl", *FROM[:4])
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["question"]["name"] for each in found] == ["www.example.com.", "example.com."]
    assert [[place["name"] for place in each["places"]] for each in found] == [["here", "tokyo"]] * 2
    assert ran.status == 2
    assert "line 3: " in ran.err and "2 names from 2 places: 2 with a fault at some places" in ran.err
    assert ran.err.endswith("1 line could not be traced\n")


def test_a_line_says_what_the_places_say_together(acting: Callable[..., None], tmp_path: Path) -> None:
    acting(here="in-domain", tokyo="in-domain")
    names = tmp_path / "names"
    names.write_text("www.example.com a=192.0.2.44\n")
    ran = run("-f", str(names), *FROM[:4])
    assert ran.out == "www.example.com. A  both places get the same answer\n"
    assert ran.status == 0
    assert run("-f", str(names), "--only-bad", *FROM[:4]).out == ""
    assert run("-f", str(names), "--short", *FROM[:4]).out == (
        "www.example.com.\there\t192.0.2.44\nwww.example.com.\ttokyo\t192.0.2.44\n"
    )


def test_pages_of_many_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("www.example.com\n")
    ran = run("-f", str(tmp_path / "names"), "--html", str(tmp_path / "pages"), *FROM)
    assert ran.status == 2 and "no pages" in ran.err


def test_a_run_that_was_stopped_goes_on(acting: Callable[..., None], tmp_path: Path) -> None:
    acting(here="in-domain", tokyo="in-domain")
    names, out = tmp_path / "names", tmp_path / "out"
    names.write_text("www.example.com\n")
    words = ("-f", str(names), "--jsonl", "-o", str(out), *FROM[:4])
    run(*words)
    names.write_text("www.example.com\nexample.com SOA\n")
    ran = run(*words, "--resume")
    assert "1 name from 2 places" in ran.err
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [each["question"]["type"] for each in found] == ["A", "SOA"]
