"""What a saved trace says of how it was made, and how much of it holds beside what is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.choices import Choices
from dnstrace.cli.line.recorded import of_document, of_record
from dnstrace.cli.line.syntax import parse
from dnstrace.record import Record, load
from tests.cli.running import run

HOW = (
    "--lab dnssec-good @192.5.6.30 -4 --tcp --nsid --cookie --subnet=192.0.2.0/24 --bufsize=900 --timeout=1 "
    "--tries=2 --deadline=9 --max-queries=150 --check --seed=7 --at=20260115120000 --expect a=192.0.2.44 "
    "--expect security=secure --undelegated example.org=ns1.example.net"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    saved = tmp_path_factory.mktemp("saved") / "record.json"
    assert run(*HOW.split(), "--save", str(saved)).err == ""
    return str(saved)


@pytest.fixture(scope="module")
def record(path: str) -> Record:
    return load(path)


def replayed(path: str, line: str = "") -> Choices:
    return choose(parse(["--replay", path, *line.split()]), {})


def test_a_record_says_all_that_was_chosen(record: Record) -> None:
    found = of_record(record, parse([]))
    flags = {"ipv4", "tcp", "nsid", "cookie", "check", "dnssec"}
    numbers = {"port", "timeout", "tries", "bufsize", "subnet", "seed", "deadline", "max-queries"}
    assert set(found.said) == {*flags, *numbers, "at", "name", "type", "expect", "undelegated"}
    assert found.settings["max-queries"] == 150 and found.settings["seed"] == 7
    assert found.servers == ["192.5.6.30"]


def test_a_name_that_is_typed_replaces_the_question(record: Record) -> None:
    assert "subject" not in of_record(record, parse(["x"])).settings
    assert "type" not in of_record(record, parse(["x"])).settings
    assert "subject" in of_record(record, parse(["MX"])).settings


def test_a_document_without_a_record_says_less() -> None:
    document = json.loads(run("--lab", "dnssec-good", "MX", "--check", "--json", "--seed=3").out)
    found = of_document(document, parse([]))
    assert found.settings["seed"] == 3 and found.settings["type"] == [15]
    assert {"check", "dnssec"} <= set(found.said)
    plain = of_document(json.loads(run("--lab", "-a", "--json").out), parse([]))
    assert "all-servers" in plain.said and not {"check", "dnssec", "adot"} & set(plain.said)
    over_tls = json.loads(run("--lab", "--adot", "--json").out)
    assert "adot" in of_document(over_tls, parse([])).said


def test_with_nothing_typed_the_settings_are_the_record_s_own(path: str, record: Record) -> None:
    for line in ("", "--short", "--root-hints f", "--seed 8", "--expect ttl>=1"):
        found = replayed(path, line)
        assert found.settings is not record.tracing.settings  # another reading of the same file
        assert (found.settings, found.limits) == (record.tracing.settings, record.tracing.bounds)


def test_what_is_typed_replaces_what_the_record_says(path: str) -> None:
    assert replayed(path, "--tries 5").settings.tries == 5
    assert replayed(path, "-6").settings.families == {6}
    assert replayed(path, "--no-tcp").settings.tcp is False
    assert replayed(path, "@192.0.2.1").server == "192.0.2.1"
    assert replayed(path, "--root-hints f").server is None
    assert replayed(path).server == "192.5.6.30"


def test_what_does_not_fit_what_is_typed_is_left_out(path: str) -> None:
    without_edns = replayed(path, "--no-edns")
    assert without_edns.settings.edns is None and without_edns.dnssec is None
    assert not without_edns.settings.probe
    parent = replayed(path, "--parent-only")
    assert parent.parent_only and not parent.settings.probe and parent.at is None
    assert [each.text for each in parent.expected] == ["a=192.0.2.44"]


def test_no_dnssec_beats_a_record_of_a_check(path: str) -> None:
    found = replayed(path, "--no-dnssec")
    assert found.dnssec is False and found.at is None and found.settings.probe
    assert [each.text for each in found.expected] == ["a=192.0.2.44"]


def test_a_check_without_validation_is_replayed_without_it(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    made = ("--lab", "dnssec-good", "--check", "--no-dnssec", "--json", "--save", str(path))
    live = run(*made).out
    assert json.loads(live)["security"] is None and run("--replay", str(path), "--json").out == live
    assert replayed(str(path)).dnssec is False and replayed(str(path)).settings.probe
    for typed in ("--dnssec", "--at 20260115120000", "--expect security=secure"):
        assert replayed(str(path), typed).dnssec is True
    assert of_document(json.loads(run(*made[:-2]).out), parse([])).undone == {"dnssec": "--no-dnssec"}


def test_the_environment_says_nothing_of_how_to_walk_a_record(path: str, record: Record) -> None:
    words = parse(["--replay", path])
    found = choose(
        words, {"DNSTRACE_TRIES": "9", "DNSTRACE_HTTP": "1", "DNSTRACE_NAME": "x", "DNSTRACE_SHORT": "1"}
    )
    assert found.settings == record.tracing.settings and not found.http
    assert found.questions == (record.question,)
    assert found.shown.output == "short"


def test_a_diff_is_made_as_its_first_trace_was(path: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain.json"
    plain.write_text(run("--lab", "--json").out)
    found = choose(parse(["--diff", path, "--lab", "dnssec-good"]), {"DNSTRACE_TRIES": "9"})
    assert found.settings.tries == 2 and found.record is None and len(found.diff) == 1
    assert choose(parse(["--diff", str(plain), path]), {}).settings.tries == 3
