"""`-f`: many names from a file; wrong lines, results, resuming, stopping."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from dnstrace.cli.many.names import questions
from dnstrace.model import Question
from tests.bulk.serving import arguments, server
from tests.cli.running import PATIENCE, finished, run, start

LAB = ("--lab", "in-domain", "--seed", "1")


def read(octets: bytes) -> tuple[list[str], dict[int, str]]:
    """The questions and the wrong lines of a file."""
    wrong: dict[int, str] = {}
    found = list(questions(io.BytesIO(octets), (), wrong.__setitem__, wrong.__setitem__))
    assert all(isinstance(each, Question) for each in found)
    return [str(each) for each in found], wrong


def test_lines() -> None:
    assert read(
        b"\xef\xbb\xbfwww.example.com\r\n\n  # a remark\nexample.com SOA MX ; and another\n192.0.2.1\n"
        b"https://www.example.net/x AAAA\nB\xc3\xbccher.example\n"
        b"a\\;b\\#c.example TXT # a name with both\n"
    ) == (
        [
            "www.example.com. A",
            "example.com. SOA",
            "example.com. MX",
            "1.2.0.192.in-addr.arpa. PTR",
            "www.example.net. AAAA",
            "xn--bcher-kva.example. A",
            r"a\;b#c.example. TXT",
        ],
        {},
    )


def test_wrong_lines_are_told_by_number_and_cost_nothing_else() -> None:
    found, wrong = read(
        b"good.example\nbad..name\n\xff\xfe\nnul\0.example\n"
        + b"x" * 1_000_000
        + b"\nwww.example FOO\nlast.example"
    )
    assert found == ["good.example. A", "last.example. A"]
    assert sorted(wrong) == [2, 3, 4, 5, 6]
    assert (
        wrong[3] == "is not UTF-8"
        and wrong[5] == "longer than 4096 octets"
        and "not a record type" in wrong[6]
    )


def test_a_hundred_thousand_lines_a_fifth_of_them_garbage() -> None:
    random, lines, good = Random(1), [], 0
    garbage = (b"a..b", b"\xff", b"x\0y", b"y" * 70 + b".example", b"n FOO", b"-" * 5000)
    for number in range(100_000):
        if random.random() < 0.2:
            lines.append(random.choice(garbage))
        else:
            lines.append(b"n%d.example" % number)
            good += 1
    found, wrong = read(b"\r\n".join(lines))
    assert len(found) == len(set(found)) == good and len(wrong) == 100_000 - good


def names(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines))
    return str(path)


def test_each_form_of_result(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com", "none.example.com", "example.com SOA", "a..b")
    table = run(*LAB, "-f", file)
    assert table.status == 0 and len(table.out.splitlines()) == 3
    assert "www.example.com.                         A      answer" in table.out and "192.0.2.44" in table.out
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


def test_the_status_is_that_of_the_worst(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com", "none.example.com")
    assert run(*LAB, "-f", file).status == 0
    failing = run("--lab", "all-refuse", "-f", file)
    assert failing.status == 3 and "failed in example.com. (2)" in failing.err


def test_the_short_form_of_a_referral_and_of_any_is_that_of_one_name(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "www.example.com")
    for more in (["--parent-only"], ["--dnssec", "-t", "ANY"]):
        world = ["--lab", "dnssec-good", *more, "--short"]
        one, many = run(*world, "www.example.com"), run(*world, "-f", file)
        assert [line.split(maxsplit=2)[2] for line in many.out.splitlines()] == one.out.splitlines() != []


def test_capitals_make_no_zone_of_their_own(tmp_path: Path) -> None:
    file = names(tmp_path / "names", "WWW.EXAMPLE.COM", "www.example.com")
    said = run(*LAB, "-f", file, "--no-share").err
    assert "COM" not in said and said.count(" com. ") == 1


def test_a_file_without_a_single_right_line_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "names"
    file.write_bytes("www.example.com\r\nmail.example.com\r\n".encode("utf-16"))  # as PowerShell writes it
    said = run(*LAB, "-f", str(file), "--short")
    assert (said.status, said.out) == (2, "") and "lines could not be traced" in said.err
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
    monkeypatch.setattr("dnstrace.cli.many.run._stdin", Interrupted)
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


def test_a_run_that_was_cut_off_anywhere_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    lines = [f"x{n}.example.com" for n in range(20)] + ["www.example.com"] * 3
    file, out = names(tmp_path / "names", *lines), tmp_path / "out"
    assert run(*LAB, "-f", file, "--jsonl", "-o", str(out)).status == 0
    whole = out.read_bytes()
    random = Random(3)
    for _ in range(20):
        out.write_bytes(whole[: random.randrange(len(whole))])
        assert run(*LAB, "-f", file, "--jsonl", "-o", str(out), "--resume").status == 0
        found = Counter(json.loads(line)["question"]["name"] for line in out.read_text().splitlines())
        assert found == Counter(f"{line}." for line in lines)
    again = run(*LAB, "-f", file, "--jsonl", "-o", str(out), "--resume")
    assert again.status == 0 and "0 names in" in again.err


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"notes\n", 1),
        (b"notes", 1),
        (b"result\nmore\n", 2),
        (b'result\n{"name": 1}\n', 2),
        (b"result\nx", 2),
    ],
)
def test_a_file_that_holds_something_else_is_not_touched(tmp_path: Path, content: bytes, line: int) -> None:
    file, out = names(tmp_path / "names", "www.example.com"), tmp_path / "out"
    assert run(*LAB, "-f", file, "--jsonl", "-o", str(out)).status == 0
    content = content.replace(b"result\n", out.read_bytes())
    out.write_bytes(content)
    said = run(*LAB, "-f", file, "--jsonl", "-o", str(out), "--resume")
    assert (said.status, out.read_bytes()) == (2, content)
    assert said.err.startswith("dnstrace: --resume: ")
    assert said.err.endswith(f" has lines that are not results: see line {line}\n")


def test_old_results_are_there_until_it_is_certain_that_new_ones_come(tmp_path: Path) -> None:
    file, out = names(tmp_path / "names", "www.example.com"), tmp_path / "out"
    out.write_text("old\n")
    for wrong in (["--root-hints", str(tmp_path / "none")], ["--lab", "--drop", "none"], ["-f", "none"]):
        assert run(*LAB, "-f", file, "-o", str(out), "--force", *wrong).status == 2
        assert out.read_text() == "old\n"
    assert run(*LAB, "-f", names(tmp_path / "empty", "# nothing"), "-o", str(out), "--force").status == 0
    assert out.read_text() == ""


def test_what_a_crash_of_the_system_left_at_zero_is_taken_away(tmp_path: Path) -> None:
    file, out = names(tmp_path / "names", "www.example.com"), tmp_path / "out"
    out.write_bytes(bytes(4096))
    assert run(*LAB, "-f", file, "--jsonl", "-o", str(out), "--resume").status == 0
    assert json.loads(out.read_text())["question"]["name"] == "www.example.com."


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
    monkeypatch.setattr("dnstrace.cli.many.run._stdin", lambda: Broken(content))
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
