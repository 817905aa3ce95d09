from __future__ import annotations

import io

from rich.console import Console

from dnstrace.api import report
from dnstrace.lab.world import load
from dnstrace.model.across import Across
from dnstrace.model.places import Place, PlaceTrace
from dnstrace.render.places import PlacesView, agreed_texts
from tests.analysis.places import compared
from tests.checks.checking import checked
from tests.places.lab import request


def printed(across: Across, width: int = 80, traced: tuple[PlaceTrace, ...] = (), **how: bool) -> list[str]:
    verbose, ascii_only = how.get("verbose", False), how.get("ascii_only", False)
    view = PlacesView(across, request().question, verbose, ascii_only, traced)
    text = io.StringIO()
    Console(file=text, width=width, markup=False, highlight=False).print(view, crop=False)
    return text.getvalue().splitlines()


def test_the_table_has_a_row_for_each_place_and_no_column_without_anything() -> None:
    lines = printed(compared("in-domain", "all-silent", "-"))
    assert lines[2].split() == ["from", "outcome", "server", "RTT", "TTL", "answer"]
    assert [line.split()[:2] for line in lines[3:6]] == [
        ["here", "answer"],
        ["tokyo", "failed"],
        ["office", "no"],
    ]
    assert lines[4].split() == ["tokyo", "failed", "-", "-", "-", "-"]
    assert "security" in printed(compared("dnssec-good", "dnssec-good"))[2]


def test_what_all_agree_on_is_said_once_and_in_full_with_verbose() -> None:
    same = compared("in-domain", "in-domain")
    assert [*agreed_texts(same)] == ["the delegation of com, example.com", "www.example.com A is 192.0.2.44"]
    assert "the same from both places" in printed(same)
    assert len(printed(same, verbose=True)) > len(printed(same))


def test_a_finding_names_who_sees_it() -> None:
    text = " ".join(printed(compared("in-domain", "intercepted", check=True), width=300))
    assert "error intercepted at tokyo: " in text


def test_what_name_servers_did_over_tls_is_shown_place_by_place() -> None:
    traced = tuple(
        PlaceTrace(Place(text), report(checked(load(world))))
        for text, world in (("here", "adot"), ("there", "in-domain"))
    )
    text = "\n".join(printed(compared("in-domain", "in-domain"), traced=traced))
    assert text.count("over TLS, from here ─ port 853") == 1 and "all 4 addresses answer over TLS" in text
    assert "from there ─ port" not in text  # it was not asked to


def test_no_line_is_wider_than_the_terminal_and_ascii_stays_ascii() -> None:
    for worlds in (("in-domain", "intercepted", "-"), ("all-silent", "all-refuse"), ("-", "-")):
        for width in (40, 60, 80):
            lines = printed(compared(*worlds, check=True), width, ascii_only=True)
            assert max(map(len, lines)) <= width
            assert all(line.isascii() for line in lines)
