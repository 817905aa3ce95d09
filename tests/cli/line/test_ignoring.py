"""Which findings are accepted, as it is written on the command line and in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dnstrace.cli.line.ignoring import ignore, ignores_in
from dnstrace.cli.usage import Usage
from tests.cli.running import run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lame-servr", "'lame-servr' is not a finding; did you mean lame-server?"),
        ("qqqqq", "'qqqqq' is not a finding; `dnstrace --explain list` lists them"),
        ("", "must be CODE[@ZONE][@SERVER]"),
        ("@example.com", "must begin with the code of a finding, or with * for any"),
        ("lame-server@", "must be CODE[@ZONE][@SERVER]"),
        ("lame-server@a@b@c", "must be CODE[@ZONE][@SERVER]"),
        ("lame-server@a..b", "'a..b' has an empty label"),
        ("lame-server@@192.0.2.53", "give the server by its name, not by its address"),
        ("./ignored.txt", "to read a file of them, type --ignore-file"),
        ("lame-server until", "'until' must be followed by a day such as 2026-03-31, not ''"),
        ("lame-server until 2026-02-30", "not '2026-02-30'"),
        ("lame-server until then", "not 'then'"),
        ("lame-server 2026-03-31 it is replaced", "write 'until 2026-03-31' for the last day"),
        ("lame-server\x1b[2J", "'lame-server\\x1b[2J' is not a finding"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(Usage) as error:
        ignore(text)
    assert said in str(error.value) and str(error.value).isprintable()


def test_a_name_is_read_as_elsewhere() -> None:
    assert ignore("lame-server@b\u00fccher.example").zone == ignore("lame-server@xn--bcher-kva.example.").zone
    assert ignore(r"lame-server@a\@b.example").server is None


def test_a_day_and_a_reason_may_follow() -> None:
    found = ignore("lame-server@example.com until 2026-03-31 It is  replaced.")
    assert (found.until, found.reason, found.text) == (
        date(2026, 3, 31),
        "It is replaced.",
        "lame-server@example.com",
    )


def test_a_file_has_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "ignored"
    file.write_bytes(
        "\ufeff# known\r\n\r\nlame-server  It is replaced.\r\n  *@com until 2026-03-31 not ours\n".encode()
    )
    first, second = ignores_in(str(file))
    assert (first.code, first.reason, first.until) == ("lame-server", "It is replaced.", None)
    assert (second.code, second.reason, second.until) == (None, "not ours", date(2026, 3, 31))
    assert first.place == f"{file} line 3:"


def test_a_last_day_that_is_not_quoted_is_no_name_to_trace() -> None:
    ran = run("--lab", "--check", "--ignore", "lame-server", "until", "2026-03-31")
    assert ran.status == 2 and "--ignore 'CODE until 2026-03-31 REASON'" in ran.err
    assert run("until", "--lab").status == 1


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"# x\nlame-server\n", "line 2: gives no reason: write why 'lame-server' is accepted"),
        (b"lame-server ok\nlame-servr no\n*@a..b no\n", "line 2: 'lame-servr' is not a finding"),
        (b"lame-server ok\nlame-servr no\n*@a..b no\n", "line 3: 'a..b' has an empty label"),
        (b"nope x\n" * 7, "; and 2 more"),
        (b"\n\xff\n", "line 2: is not UTF-8"),
        (b" " * 2_000_000, "is larger than 1 MiB"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(octets: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "ignored"
    if octets is not None:
        file.write_bytes(octets)
    ran = run("--lab", "--check", "--ignore-file", str(file))
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("dnstrace: --ignore-file") and said in ran.err and ran.err[:-1].isprintable()
