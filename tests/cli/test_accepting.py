"""`--ignore` from the command line to the output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.render.validating import VALIDATOR

LAME = ("--lab", "lame", "--check", "--seed=1")
UNTIL = "lame-server@example.com until {} The host replaces it."


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 5),
        (("--ignore=lame-server",), 0),
        (("--ignore=lame-server@example.com@ns1.example.com",), 0),
        (("--ignore=lame-server@com",), 5),
        (("--ignore", UNTIL.format("2026-01-15")), 0),
        (("--ignore", UNTIL.format("2026-01-14")), 5),
        (("--fail-on=never",), 0),
        (("--ignore=lame-server", "--expect=a=192.0.2.45"), 5),
        (("--fail-on=never", "--expect=a=192.0.2.45"), 5),
    ],
)
def test_what_is_accepted_is_not_in_the_exit_status(arguments: tuple[str, ...], status: int) -> None:
    assert run(*LAME, *arguments).status == status


def test_it_is_shown_as_accepted_until_when_and_why() -> None:
    ran = run(*LAME, "--ignore", UNTIL.format("2026-03-31"), "--color=always")
    assert "verdict" not in ran.out and "\x1b[2maccepted error lame-server: " in ran.out
    assert "until 2026-03-31: The host replaces it." in ran.out and not ran.err
    assert "found nothing wrong beyond what is accepted" in ran.out


def test_it_is_in_the_document(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = run(*LAME, "--json", "--ignore", UNTIL.format("2026-03-31"), "--ignore=refuses", f"--html={page}")
    document = json.loads(ran.out)
    assert VALIDATOR.is_valid(document) and not document["findings"] and document["verdict"] is None
    (accepted,) = document["accepted"]
    assert accepted["finding"]["code"] == "lame-server" and accepted["until"] == "2026-03-31"
    assert [(each["ignore"], each["expired"], each["findings"]) for each in document["ignores"]] == [
        ("lame-server@example.com", False, 1),
        ("refuses", False, 0),
    ]
    assert "accepted error lame-server" in page.read_text() and "The host replaces it." in page.read_text()


def test_what_is_of_no_use_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "ignored"
    file.write_text("lame-server until 2026-01-14 replaced\nrefuses until 2026-01-14 gone\nno-udp never\n")
    ran = run(*LAME, "--short", f"--ignore-file={file}", "--ignore=lame-server@ns1.example.com")
    said = [
        line.removeprefix("dnstrace: ") for line in ran.err.splitlines() if "accepts" in line or "exp" in line
    ]
    assert said == [
        "--ignore lame-server@ns1.example.com accepts nothing: no such finding in that zone; "
        "for a server of any zone type lame-server@@ns1.example.com",
        f"{file} line 1: lame-server expired on 2026-01-14: what it accepted counts again",
        f"{file} line 2: refuses expired on 2026-01-14: nothing that it concerns was found",
        f"{file} line 3: no-udp accepts nothing: no such finding",
    ]


def test_what_one_of_several_traces_finds_is_of_use() -> None:
    ran = run(*LAME, "A", "MX", "--ignore=lame-server", "--jsonl")
    assert ran.out.count('"accepted": [{') == 2 and not ran.err


def test_what_is_accepted_is_not_a_difference(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text(run(*LAME, "--json").out)
    new.write_text(run("--lab", "in-domain", "--check", "--json").out)
    diff = ("--diff", str(old), str(new), "--check", "--short")
    assert "no longer found: lame-server" in run(*diff).out
    assert "lame-server" not in run(*diff, "--ignore=lame-server").out
    old.write_text(run(*LAME, "--json", "--ignore=lame-server").out)
    assert "lame-server" not in run(*LAME, "--diff", str(old), "--short").out
    assert "no longer found: lame-server" in run(*diff).out
    assert "lame-server" not in run(*diff, "--ignore=lame-server").out


def test_both_are_about_what_a_check_finds() -> None:
    for option in ("--ignore=lame-server", "--fail-on=warning"):
        ran = run("--lab", option)
        assert (ran.status, ran.err.count("\n")) == (
            2,
            1,
        ) and f"{option.partition('=')[0]} needs --check" in ran.err
    assert run("--lab", DNSTRACE_FAIL_ON="warning", DNSTRACE_IGNORE="lame-server no-udp").status == 0
    assert run(*LAME, DNSTRACE_IGNORE="no-udp lame-server").status == 0


def test_of_many_names_what_any_of_them_has_is_of_use(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("www.example.com\n. NS\n")
    ran = run(*LAME, "-f", str(names), "--ignore=lame-server", "--ignore=no-udp", "--jsonl", "--brief")
    assert ran.status == 0 and "lame-server (" not in ran.err
    assert [line for line in ran.err.splitlines() if "accepts" in line] == [
        "dnstrace: --ignore no-udp accepts nothing: no such finding"
    ]
    lines = [json.loads(line) for line in ran.out.splitlines()]
    accepted = [line["accepted"] for line in lines if not line["schema"].endswith("-cut")]
    assert [[each["ignore"] for each in of_name] for of_name in sorted(accepted)] == [[], ["lame-server"]]
