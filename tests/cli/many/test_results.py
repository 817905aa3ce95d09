"""What is written and counted of each of many traces."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import dns.rdatatype
import pytest

from dnstrace.analysis.expectations import judged, parse
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.choices import Display
from dnstrace.cli.line.forms import Output
from dnstrace.cli.many.results import Form, columns_for, result
from dnstrace.model import Question
from dnstrace.model.findings import Level
from dnstrace.model.policy import Policy
from tests.checks.checking import checked_by_name, walked
from tests.replies import name


def test_an_answer_is_a_line_in_each_form() -> None:
    found = walked("in-domain")
    (line,) = result(found, Display()).text.splitlines()
    assert line.split() == ["www.example.com.", "A", "answer", "53", "ms", "192.0.2.44"]
    assert result(found, Display(Output.SHORT)).text == "www.example.com. A 192.0.2.44\n"
    assert json.loads(result(found, Display(Output.JSONL)).text)["outcome"] == "answer"


def test_what_counts_of_an_answer() -> None:
    found = result(walked("in-domain"), Display())
    assert (found.outcome, found.status, found.failed_in, found.troubled) == ("answer", Exit.ANSWER, "", ())
    assert [zone for zone, _ in found.times] == ["the root", "com", "example.com"]
    assert sum(took for _, took in found.times) == pytest.approx(walked("in-domain").stats.duration)
    assert not found.is_bad


def test_what_counts_of_a_failure() -> None:
    found = result(walked("all-refuse"), Display())
    assert (found.outcome, found.status, found.failed_in) == ("failed", Exit.FAILED, "example.com")
    assert len(found.troubled) == 4 and all(" " in each for each in found.troubled)
    assert "gave a usable answer" in found.text and found.is_bad


def test_servers_that_only_a_choice_of_ours_left_out_are_not_in_trouble() -> None:
    trace = walked("silent")
    untold = replace(trace, steps=tuple(replace(step, attempts=()) for step in trace.steps))
    assert result(untold, Display()).troubled == ()


@pytest.mark.parametrize("world", ["textbook", "in-domain", "dnssec-good", "truncated"])
def test_nobody_is_in_trouble_who_only_refuses_what_a_probe_tries(world: str) -> None:
    """Healthy servers refuse transfers, recursion and versions of EDNS that nobody has."""
    found = result(checked_by_name(world), Display())
    assert found.troubled == () and not found.is_bad and "✗" not in found.text


def test_findings_stand_on_the_line_with_their_servers() -> None:
    found = result(checked_by_name("refuses"), Display())
    assert found.text.rstrip().endswith("  ✗ refuses ns1.example.com") and found.is_bad
    assert found.codes == ((Level.ERROR, "refuses"),)
    assert result(checked_by_name("refuses"), Display(), form=Form(ascii_only=True)).text.isascii()
    in_color = result(checked_by_name("refuses"), Display(), form=Form(color=True)).text
    assert in_color.rstrip().endswith("  \x1b[31m✗ refuses ns1.example.com\x1b[0m")
    assert "\x1b" not in result(checked_by_name("answers-stale"), Display(), form=Form(color=True)).text


@pytest.mark.parametrize(
    ("world", "there"), [("answers-stale", "! soa-differs ns2.example.com"), ("dnssec-expired", "✗ bogus")]
)
def test_what_is_wrong_without_an_error_of_the_check(world: str, there: str) -> None:
    trace = checked_by_name(world) if world == "answers-stale" else walked(world)
    found = result(trace, Display())
    assert there in found.text
    assert found.is_bad is (found.status is not Exit.ANSWER)


def test_only_the_bad_are_written_and_have_a_page() -> None:
    shown = Display(only_bad=True)
    good, bad = checked_by_name("in-domain"), checked_by_name("refuses")
    assert (
        result(good, shown, form=Form(pages=True)).text,
        result(good, shown, form=Form(pages=True)).page,
    ) == ("", "")
    assert result(bad, shown).text == result(bad, Display()).text and not result(bad, shown).page
    assert "<!doctype html>" in result(bad, shown, form=Form(pages=True)).page


def test_what_counts_as_bad_is_what_the_user_wants_to_fail_on() -> None:
    trace = checked_by_name("answers-stale")  # a warning
    bad = [
        result(trace, Display(), Policy(level)).is_bad for level in ("error", "warning", "notice", "never")
    ]
    assert bad == [False, True, True, False]
    assert not result(checked_by_name("refuses"), Display(), Policy("never")).is_bad


def test_what_is_not_as_expected_makes_a_name_bad() -> None:
    trace: Any = judged(walked("in-domain"), parse("a=192.0.2.9, ttl>=300"))
    found = result(trace, Display())
    assert found.is_bad and found.text.rstrip().endswith("✗ a=192.0.2.9: found 192.0.2.44")
    assert (found.unmet, found.judged) == (("a=192.0.2.9",), ("a=192.0.2.9", "ttl>=300"))


def test_the_short_json_has_no_steps() -> None:
    found = json.loads(result(checked_by_name("refuses"), Display(Output.JSONL, brief=True)).text)
    assert found["schema"] == "dnstrace-brief/1" and "steps" not in found
    assert [each["code"] for each in found["findings"]] == ["refuses"]


@pytest.mark.parametrize(
    ("names", "width", "columns"),
    [
        ([], 140, (24, 5)),
        (["www.example.com. A"], 140, (24, 5)),
        (["a-rather-long-name.www.example.com. NSEC3PARAM"], 140, (35, 10)),
        (["a-rather-long-name.www.example.com. A"], 80, (24, 5)),
        (["a-rather-long-name.www.example.com. A"], 84, (28, 5)),
        (["a-rather-long-name.www.example.com. A"], 40, (24, 5)),
    ],
)
def test_what_a_terminal_has_more_than_80_columns_is_for_long_names(
    names: list[str], width: int, columns: tuple[int, int]
) -> None:
    asked = (Question(name(one), dns.rdatatype.from_text(kind)) for one, kind in map(str.split, names))
    assert columns_for(asked, width) == columns
    line = result(walked("in-domain"), Display(), form=Form(columns=columns)).text
    assert line.index("answer") == sum(columns) + 2
