from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.places.acting import FROM, acting
from tests.cli.running import run

__all__ = ["acting"]


def saved(path: Path) -> str:
    run("www.example.com", "--save", str(path), *FROM)
    return str(path)


def test_one_file_is_compared_place_with_place(acting: Callable[..., None], tmp_path: Path) -> None:
    acting(here="in-domain", tokyo="in-domain", office="intercepted")
    ran = run("--diff", saved(tmp_path / "old"), "--short")
    assert ran.status == 5
    assert all(line.startswith("from here to office\t") for line in ran.out.splitlines())
    assert "www.example.com now has A 192.0.2.1" in ran.out


def test_each_place_is_compared_with_itself_in_another_file_and_now(
    acting: Callable[..., None], tmp_path: Path
) -> None:
    acting(here="in-domain", tokyo="in-domain")
    old = saved(tmp_path / "old")
    assert run("--diff", old, saved(tmp_path / "same")).status == 0
    acting(here="in-domain", tokyo="intercepted")
    ran = run("--diff", old, "--json", *FROM)
    assert ran.status == 5
    assert {each["place"]: bool(each["differences"]) for each in map(json.loads, ran.out.splitlines())} == {
        "here": False,
        "tokyo": True,
    }


def test_a_file_without_others_to_compare_is_one_line(acting: Callable[..., None], tmp_path: Path) -> None:
    acting(here="in-domain")
    ran = run("--diff", saved(tmp_path / "old"))
    assert ran.status == 2 and ran.err.count("\n") == 1 and "one place only" in ran.err
