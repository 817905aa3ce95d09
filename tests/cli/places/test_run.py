from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.places.acting import FROM, STOPPED, acting
from tests.cli.running import run
from tests.render.validating import VALIDATOR

__all__ = ["acting"]


def test_all_places_are_in_one_table_and_the_fault_is_said_at_the_end(acting: Callable[..., None]) -> None:
    acting(here="in-domain", tokyo="intercepted")
    ran = run("www.example.com", *FROM)
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines[2:6]] == ["from", "here", "tokyo", "office"]
    assert "✗ office ended with status 255: no\\027[2J" in lines
    assert "    at tokyo an interceptor answers for the root" in lines
    assert "only at tokyo: something on the network there intercepts DNS queries" in " ".join(lines[-3:])
    assert ran.status == 3
    assert "\x1b" not in ran.out


def test_the_json_is_that_of_the_first_place_with_all_places(acting: Callable[..., None]) -> None:
    acting(tokyo="in-domain", office="intercepted")
    ran = run("www.example.com", "--json", "--check", "--no-dnssec", *FROM)
    found = json.loads(ran.out)
    VALIDATOR.validate(found)
    assert [each["name"] for each in found["places"]] == ["here", "tokyo", "office"]
    here, tokyo, office = found["places"]
    assert here["failure"] == "ended with status 255: no\\027[2J" and here["outcome"] is None
    assert tokyo["trace"] is None and tokyo["answer"] == ["192.0.2.44"] == found["answer"][0]["rdata"]
    VALIDATOR.validate(office["trace"])
    assert found["across"]["where"] == "there"
    assert {each["code"]: each["places"] for each in found["across"]["findings"]}["intercepted"] == ["office"]


def test_no_place_with_a_trace_is_a_document_too(acting: Callable[..., None]) -> None:
    acting()
    ran = run("www.example.com", "--json", *FROM)
    VALIDATOR.validate(json.loads(ran.out))
    assert (ran.status, json.loads(ran.out)["outcome"]) == (3, "failed")


@pytest.mark.parametrize(
    ("worlds", "words", "status"),
    [
        (("in-domain", "in-domain"), (), 0),
        (("in-domain", "all-silent"), (), 3),
        (("in-domain", "in-domain"), ("--expect", "a=192.0.2.44"), 0),
        (("in-domain", "intercepted"), ("--expect", "a=192.0.2.44"), 5),
    ],
)
def test_the_status_is_that_of_the_worst_place(
    acting: Callable[..., None], worlds: tuple[str, str], words: tuple[str, ...], status: int
) -> None:
    acting(here=worlds[0], tokyo=worlds[1])
    assert run("www.example.com", *FROM[:4], *words).status == status
    if status == 0:
        assert run("no.such.example.com", *FROM[:4]).status == 1


def test_what_is_saved_of_all_places_is_replayed_as_it_was(
    acting: Callable[..., None], tmp_path: Path
) -> None:
    acting(here="in-domain", office="intercepted")
    file, again = str(tmp_path / "x.json.gz"), str(tmp_path / "y.json")
    first = run("www.example.com", "--save", file, "-a", *FROM)
    replayed = run("--replay", file, "--save", again)
    assert (replayed.out, replayed.status) == (first.out, first.status)
    assert run("--replay", again).out == first.out
    VALIDATOR.validate(json.loads(Path(again).read_text()))


def test_a_page_has_the_table_and_a_tab_for_each_place(acting: Callable[..., None], tmp_path: Path) -> None:
    acting(here="in-domain", tokyo="intercepted")
    page = tmp_path / "x.html"
    run("www.example.com", "--html", str(page), *FROM)
    assert page.read_text().count('<input type="radio" name="place"') == 3


def test_one_place_is_shown_as_a_trace_from_here_is(acting: Callable[..., None]) -> None:
    acting(tokyo="in-domain")
    ran = run("www.example.com", "--from", "ssh://tokyo")
    assert "└─" in ran.out and "from" not in ran.out.split("\n")[2]
    assert ran.err == "dnstrace: traced from ssh://tokyo, by dnstrace 9.9\n"


def test_short_has_the_place_before_each_datum(acting: Callable[..., None]) -> None:
    acting(here="in-domain", tokyo="in-domain")
    ran = run("www.example.com", "--short", *FROM)
    assert ran.out == "here\t192.0.2.44\ntokyo\t192.0.2.44\n"
    assert ran.err == "dnstrace: office ended with status 255: no\\027[2J\n"


def test_what_had_come_when_the_user_stopped_it_is_shown(acting: Callable[..., None]) -> None:
    acting(here="in-domain", tokyo=STOPPED)
    ran = run("www.example.com", *FROM[:4])
    assert ran.status == 130
    assert "here    answer" in ran.out or "here   answer" in ran.out
    assert "✗ tokyo was stopped by the user" in ran.out.splitlines()
    acting(here=STOPPED)
    assert run("www.example.com", *FROM).status == 130
