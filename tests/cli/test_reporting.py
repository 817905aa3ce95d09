"""One document about all that was traced, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dnstrace.cli.line.forms import FORMATS, Output
from dnstrace.cli.many.run import _ManyRun
from tests.cli.running import run

BEGINS = {
    Output.SARIF: "{",
    Output.JUNIT: "<?xml",
    Output.PROMETHEUS: "# HELP",
    Output.NAGIOS: "DNSTRACE",
    Output.MARKDOWN: "## ",
    Output.GITHUB: "::error ",
}


@pytest.mark.parametrize("form", FORMATS)
def test_one_document_is_made_of_everything(form: Output, tmp_path: Path) -> None:
    names, out = tmp_path / "names", tmp_path / "out"
    names.write_text("www.example.com\n# none\nnowhere.example.com\n")
    several = ("--lab", "lame", "--check", "--seed=1", f"--format={form}")
    one, two, listed = (
        run(*several),
        run(*several, "A", "MX"),
        run(*several, "-f", str(names), "-o", str(out)),
    )
    failed = 2 if form is Output.NAGIOS else 5
    assert [ran.status for ran in (one, two, listed)] == [failed] * 3 and not listed.out
    for text in (one.out, two.out, out.read_text()):
        assert (
            text.startswith(BEGINS[form]) and text.count(BEGINS[form]) >= 1 and "lame-server" in text
        ) or (form is Output.NAGIOS and "does not serve" in text)
    assert "nowhere.example.com" in out.read_text()


def test_results_are_at_the_lines_of_the_list_in_its_order(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("# names\nnowhere.example.com\n\nwww.example.com A MX\n")
    ran = run("--lab", "lame", "--check", "-f", str(names), "--format=sarif")
    results = json.loads(ran.out)["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"] for each in results if each["ruleId"] == "lame-server"]
    assert [place["region"]["startLine"] for place in places] == [2, 4, 4]
    assert {place["artifactLocation"]["uri"] for place in places} == {names.as_uri()}


def test_findings_are_missed_without_a_check() -> None:
    for form in FORMATS:
        said = "without --check" in run("--lab", "--format", form).err
        assert said is (form is not Output.NAGIOS)
    assert not run("--lab", "--check", "--format=sarif").err


def test_what_it_does_not_go_with() -> None:
    assert "did you mean junit?" in run("--lab", "--format=junits").err
    assert run("--lab", "--format=junit", "--watch=5").status == 2
    assert run("--lab", "--format=junit", "--json").status == 2
    assert run("--lab", "--json", DNSTRACE_FORMAT="junit").out.startswith("{")


def test_it_is_printed_even_where_the_trace_cannot_be_saved(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    (gone / "x").symlink_to(tmp_path / "none" / "x")
    ran = run("--lab", "--format=markdown", "--save", "/dev/full")
    assert ran.status == 74 and ran.out.startswith("## ")


def test_what_was_found_before_the_user_stops_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tmp_path / "names"
    names.write_text("www.example.com\nwww.example.com MX\nwww.example.com TXT\n")
    taken = _ManyRun._take

    def stopping(run: _ManyRun, found: Any) -> None:
        taken(run, found)
        if run._tally.ended == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(_ManyRun, "_take", stopping)
    ran = run("--lab", "--check", "-f", str(names), "--ordered", "--format=junit")
    assert ran.status == 130 and ran.out.count("<testsuite ") == 2 and "</testsuites>" in ran.out
    ran = run("--lab", "--check", "-f", str(names), "--ordered", "--format=nagios")
    assert ran.status == 3 and ran.out.startswith("DNSTRACE UNKNOWN: stopped by the user; 2 names ")
