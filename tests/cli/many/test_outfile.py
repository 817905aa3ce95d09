"""The file of results: begun anew, gone on with after a kill, never written over by mistake."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random

import dns.rdatatype
import pytest

from dnstrace.cli.environment import Environment, Unwritable
from dnstrace.cli.many.outfile import Cuts, Done, Writer, opened
from dnstrace.cli.usage import Usage
from dnstrace.model import Question
from tests.cli.many.listed import LAB, names
from tests.cli.running import run
from tests.replies import name


def somewhere() -> Environment:
    return Environment(io.StringIO(), io.StringIO(), {})


def test_without_a_file_lines_go_to_stdout() -> None:
    where = somewhere()
    Writer(where).write("a line\n")
    assert isinstance(where.stdout, io.StringIO) and where.stdout.getvalue() == "a line\n"


@pytest.mark.parametrize(("adds", "left"), [(False, "new\n"), (True, "old\nnew\n")])
def test_what_a_file_holds_goes_when_the_first_lines_come(tmp_path: Path, adds: bool, left: str) -> None:
    path = tmp_path / "out"
    path.write_text("old\n")
    with ExitStack() as stack:
        writer = Writer(somewhere(), opened(str(path), "ab", "-o", stack), str(path), adds)
        assert path.read_text() == "old\n"
        writer.write("new\n")
        assert path.read_text() == left
        writer.write("more\n")
    assert path.read_text() == f"{left}more\n"


def test_a_full_disk_is_named() -> None:
    with ExitStack() as stack, pytest.raises(Unwritable, match="/dev/full: No space left on device"):
        Writer(somewhere(), opened("/dev/full", "ab", "-o", stack), "/dev/full").write("a line\n")


def test_a_file_that_cannot_be_opened_is_named_with_its_option(tmp_path: Path) -> None:
    with ExitStack() as stack, pytest.raises(Usage, match=r"^-o: .* cannot be opened: Is a directory"):
        opened(str(tmp_path), "ab", "-o", stack)


def test_a_question_that_was_asked_twice_and_answered_once_is_left_once(tmp_path: Path) -> None:
    path, asked = tmp_path / "out", Question(name("WWW.example."), dns.rdatatype.A)
    path.write_text('{"schema":"dnstrace/1","question":{"name":"WWW.example.","type":"A"}}\n')
    other = Question(name("WWW.example."), dns.rdatatype.MX)
    assert list(Done(str(path)).left([asked, other, asked])) == [other, asked]


def test_where_no_file_is_all_is_left(tmp_path: Path) -> None:
    asked = Question(name("www.example."), dns.rdatatype.A)
    assert list(Done(str(tmp_path / "none")).left([asked])) == [asked]


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


def test_what_got_no_replies_is_traced_again_where_that_is_wanted(tmp_path: Path) -> None:
    """After an outage: what failed for want of replies is taken out, and what was answered stays."""
    file, out = (
        names(tmp_path / "names", "www.example.com", "www.example.net", "a.example.com"),
        tmp_path / "out",
    )
    how = ("-f", file, "--jsonl", "--brief", "-o", str(out))
    assert run("--lab", "all-silent", *how).status == 3
    first = out.read_text().splitlines()
    assert sorted(json.loads(line)["unheard"] for line in first) == [False, True, True]
    again = run(*LAB, *how, "--resume").err
    assert "0 names in" in again and "2 results in " in again and "add --retry-failed" in again
    found = run(*LAB, *how, "--resume", "--retry-failed")
    assert found.status == 0 and "2 names in" in found.err
    lines = out.read_text().splitlines()
    assert [line for line in first if not json.loads(line)["unheard"]] == lines[:1] and len(lines) == 3
    assert not any(json.loads(line)["unheard"] for line in lines)
    last = run(*LAB, *how, "--resume", "--retry-failed").err
    assert "0 names in" in last and "--retry-failed" not in last


def test_a_server_that_refuses_was_heard(tmp_path: Path) -> None:
    file, out = names(tmp_path / "names", "www.example.com"), tmp_path / "out"
    how = ("--lab", "all-refuse", "-f", file, "--jsonl", "-o", str(out))
    assert run(*how).status == 3 and "0 names in" in run(*how, "--resume", "--retry-failed").err


def test_a_failure_while_failed_results_are_taken_out_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = names(tmp_path / "names", "www.example.com"), tmp_path / "out"
    how = ("-f", file, "--jsonl", "-o", str(out))
    run("--lab", "all-silent", *how)
    before = out.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    found = run(*LAB, *how, "--resume", "--retry-failed")
    assert found.status == 2 and "No space left on device" in found.err
    assert out.read_bytes() == before and sorted(each.name for each in tmp_path.iterdir()) == ["names", "out"]


def test_a_cut_is_written_once_and_again_when_it_has_changed() -> None:
    cuts = Cuts()
    com, example = ("com.", "{com}"), ("example.com.", "{example}")
    assert cuts.new([com, example]) == "{com}\n{example}\n"
    assert cuts.new([com, ("example.net.", "{other}")]) == "{other}\n"
    assert cuts.new([com, example]) == ""
    assert cuts.new([("com.", "{changed}"), example]) == "{changed}\n"


def test_names_that_share_cuts_are_written_after_them_and_resumed_past_them(tmp_path: Path) -> None:
    """Each line of a name says on which cuts its way is: what these are stands above it, once."""
    file, out = tmp_path / "names", tmp_path / "out"
    file.write_text("www.example.com\nexample.com\n")
    how = (*LAB, "-f", str(file), "--check", "--jsonl", "--brief", "-o", str(out))
    assert run(*how).status == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [each.get("zone") for each in lines] == ["com.", "example.com.", None, None]
    assert all(each["cuts"] == ["com.", "example.com."] for each in lines[2:])
    file.write_text("www.example.com\nexample.com\nnowhere.example.com\n")
    before = out.read_text()
    assert "use --resume to continue it, or --force to overwrite it" in run(*how).err
    assert run(*how, "--resume").status == 0
    added = [json.loads(line) for line in out.read_text().removeprefix(before).splitlines()]
    assert [each["question"]["name"] for each in added if "question" in each] == ["nowhere.example.com."]
    assert len(added) == 3
