"""`-f`: many names from a file or from stdin; the forms of results, stopping, exit statuses."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dnstrace.cli.line.forms import FORMATS
from tests.bulk.serving import arguments, server
from tests.cli.many.listed import LAB, names
from tests.cli.running import PATIENCE, finished, run, run_on_terminal, start


def test_each_form_of_result(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com", "none.example.com", "example.com SOA", "a..b")
    table = run(*LAB, "-f", file)
    assert (
        table.status == 2 and len(table.out.splitlines()) == 3
    )  # what can be traced is, and it is no success
    assert "www.example.com.         A     answer" in table.out and "192.0.2.44" in table.out
    assert (
        "line 4: " in table.err and "3 names in " in table.err and "1 line could not be traced" in table.err
    )
    short = run(*LAB, "-f", file, "--short", "--ordered").out.splitlines()
    assert short[0] == "www.example.com. A 192.0.2.44" and short[1].startswith(
        "example.com. SOA ns1.example.com."
    )
    objects = [json.loads(line) for line in run(*LAB, "-f", file, "--jsonl", "--ordered").out.splitlines()]
    assert [each["question"]["name"] for each in objects] == [
        "www.example.com.",
        "none.example.com.",
        "example.com.",
    ]


def test_on_a_wide_terminal_results_stand_in_columns(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com", "none.but.a.long.one.example.com NSEC3PARAM")
    for width, starts in (("140", {33}), ("80", {25, 33})):
        lines = run_on_terminal(*LAB, "-f", file, COLUMNS=width).out.splitlines()
        assert {len(line) - len(line.partition(" ")[2].lstrip()) for line in lines} == starts


def test_the_status_is_that_of_the_worst(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com", "none.example.com")
    assert run(*LAB, "-f", file).status == 0
    failing = run("--lab", "all-refuse", "-f", file)
    assert failing.status == 3 and "failed in zone: example.com (2 names)" in failing.err


@pytest.mark.parametrize("form", [(), ("--short",), ("--jsonl",), *(("--format", form) for form in FORMATS)])
def test_a_line_that_cannot_be_traced_is_said_and_never_passes(tmp_path: Path, form: tuple[str, ...]) -> None:
    wrong = [f"a..{number}" for number in range(30)]
    file = names(tmp_path / "names", "www.example.com", *wrong)
    ran = run(*LAB, "-f", file, "--fail-on=never", "--check", *form)
    assert ran.status == (3 if "nagios" in form else 2)
    assert [line for line in range(2, 32) if f"line {line}: " not in ran.err] == []
    documents = [each for each in FORMATS if each in form]
    assert all(str(line) in ran.out and "not-traced" in ran.out for _ in documents for line in range(2, 6))
    file = names(tmp_path / "names", "www.example.com", "a..b")
    assert run("--lab", "all-refuse", "-f", file, *form).status == (2 if "nagios" in form else 3)


def test_the_short_form_of_a_referral_and_of_any_is_that_of_one_name(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com")
    for more in (["--parent-only"], ["--dnssec", "-t", "ANY"]):
        world = ["--lab", "dnssec-good", *more, "--short"]
        one, many = run(*world, "www.example.com"), run(*world, "-f", file)
        assert [line.split(maxsplit=2)[2] for line in many.out.splitlines()] == one.out.splitlines() != []


def test_capitals_make_no_zone_of_their_own(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "WWW.EXAMPLE.COM", "www.example.com")
    said = run(*LAB, "-f", file, "--no-share").err
    assert "COM" not in said and said.count(" com ") == 1


def test_what_is_expected_of_all_and_of_one(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com A a=192.0.2.44", "mail.example.com a=192.0.2.9")
    found = run(*LAB, "-f", file, "--expect", "ttl>=60", "--only-bad")
    assert found.status == 5 and found.out.startswith("mail.example.com.") and found.out.count("\n") == 1
    assert "not as expected: a=192.0.2.9 (1 name): mail.example.com" in found.err
    assert run(*LAB, "-f", file, DNSTRACE_EXPECT="a=192.0.2.1").status == 5  # the file's own alone counts
    assert "192.0.2.1 " not in run(*LAB, "-f", file, DNSTRACE_EXPECT="a=192.0.2.1").err
    objects = map(json.loads, run(*LAB, "-f", file, "--jsonl", "--brief").out.splitlines())
    assert sorted(each["expectations"][0]["met"] for each in objects) == [False, True]


def test_what_no_name_could_show_was_not_checked(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com")
    found = run(*LAB, "-f", file, "--expect", "mx=10 mail.example.com.")
    assert found.status == 2 and "was not checked: no MX record was asked for; add the type MX" in found.err


def test_a_file_without_a_single_right_line_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "names"
    file.write_bytes("www.example.com\r\nmail.example.com\r\n".encode("utf-16"))  # as PowerShell writes it
    said = run(*LAB, "-f", str(file), "--short")
    assert (said.status, said.out) == (2, "") and "could not be traced" in said.err
    file.write_bytes(b"# none\n")
    assert run(*LAB, "-f", str(file), "--short").status == 0


def test_names_from_stdin() -> None:
    done = start("-f", "-", *LAB, "--short", stdin=subprocess.PIPE)
    out, err = done.communicate("www.example.com\nmail.example.com", timeout=PATIENCE)
    assert (done.returncode, out) == (0, "www.example.com. A 192.0.2.44\n") and "2 names" in err


def test_names_are_traced_as_they_come(tmp_path: Path) -> None:
    """Each is done before the next is there, and Ctrl-C need not wait for one."""
    with server() as settings:
        process = start(
            "-f", "-", *arguments(settings, tmp_path), "--short", stdin=subprocess.PIPE, bufsize=1
        )
        assert process.stdin is not None and process.stdout is not None
        for number in range(3):
            process.stdin.write(f"x{number}.example\n")
            assert process.stdout.readline() == f"x{number}.example. A 192.0.2.44\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and out == "" and "3 names in" in err and "stopped by the user" in err


def test_a_full_disk_ends_a_run_of_many_processes_in_one_line(tmp_path: Path) -> None:
    file = names(tmp_path / "names", *(f"x{n}.example" for n in range(1000)))
    with server() as settings:
        how = ("-f", file, *arguments(settings, tmp_path), "--jsonl", "--workers", "2")
        found = finished(start(*how, "-o", "/dev/full", "--force"))
        assert (found.status, found.err.count("\n")) == (74, 1) and "No space left on device" in found.err
        with start(*how) as process:
            assert process.stdout is not None and process.stdout.readline()
            process.stdout.close()
            assert process.wait(timeout=PATIENCE) == 141


class Interrupted(io.BytesIO):
    """Standard input that nothing comes from before the user presses Ctrl-C."""

    def peek(self, size: int = 0, /) -> bytes:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("waits on")

    def readline(self, size: int | None = -1, /) -> bytes:
        return self.peek()


@pytest.mark.parametrize("where", [(), LAB])
def test_ctrl_c_ends_the_wait_for_the_first_name(
    where: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnstrace.cli.many.run.standard_input", Interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        said = run("-f", "-", *where)
    finally:
        signal.signal(signal.SIGINT, before)
    assert said.status == 130 and "stopped by the user" in said.err


def test_a_closed_stdin_is_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    said = run("-f", "-", *LAB)
    assert (said.status, said.err) == (2, "dnstrace: -f: standard input is closed\n")


class Broken(io.BytesIO):
    """A file that ends in an error."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if line := super().readline(size):
            return line
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(("content", "status"), [(b"", 2), (b"www.example.com\nx.example.com\n", 3)])
def test_a_file_that_cannot_be_read_to_its_end_is_traced_so_far(
    content: bytes, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnstrace.cli.many.run.standard_input", lambda: Broken(content))
    said = run(*LAB, "-f", "-", "--short")
    lines = content.count(b"\n")
    assert said.status == status and said.out.count("192.0.2.44") == min(lines, 1)
    assert f"dnstrace: -f: - cannot be read from line {lines + 1} on: Input/output error\n" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_with_whole_lines_and_says_how_to_go_on(tmp_path: Path) -> None:
    file, out = tmp_path / "names", tmp_path / "out"
    file.write_text("\n".join(f"x{n}.example.com" for n in range(20_000)))
    process = start("-f", str(file), *LAB, "--jsonl", "-o", str(out), "--concurrency", "10")
    while not out.exists() or out.stat().st_size < 100_000:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    found = finished(process)
    assert found.status == 130 and f"-o {out} --resume" in found.err
    assert all(json.loads(line)["outcome"] for line in out.read_text().splitlines())


def test_wrong_ways(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com")
    assert "--json prints one question" in run(*LAB, "-f", file, "--json").err
    assert "--resume needs -o" in run(*LAB, "-f", file, "--resume").err
    assert "cannot be opened" in run(*LAB, "-f", str(tmp_path / "none")).err
    assert "Is a directory" in run(*LAB, "-f", str(tmp_path)).err
    (tmp_path / "there").write_text("mine")
    assert "--force" in run(*LAB, "-f", file, "-o", str(tmp_path / "there")).err
    assert run(*LAB, "-f", file, "-o", "/dev/full").status == 74
