"""`--save`, `--replay`, `--drop` and `--force`: what they make, what they refuse, what survives."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dnstrace.record import files
from tests.cli.running import COMMAND, PATIENCE, finished, run, silent_server, start
from tests.render.validating import VALIDATOR
from tests.saving import as_of_now


def kept(path: Path, *arguments: str) -> Path:
    ran = run("--lab", *arguments, "--seed=1", "--save", str(path))
    assert ran.err == "" and path.exists()
    return path


@pytest.fixture(scope="module")
def textbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept(tmp_path_factory.mktemp("saved") / "textbook.json")


# --- the round ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["textbook"],
        ["dnssec-expired", "--at=20260110000000"],
        ["resolver-split", "--expect", "a=192.0.2.44"],
        ["lame", "--check"],
        ["dnssec-good", "--check", "--dnssec", "--json"],
        ["dnssec-good", "--check", "--no-dnssec", "--json"],
        ["dnssec-nsec3-nxdomain", "-a", "--dnssec", "--qmin", "--json"],
        ["undelegated", "--undelegated", "example.com=ns1.example.com/192.0.2.53"],
        ["textbook", "@192.5.6.30", "--cookie", "--subnet=192.0.2.0/24", "--nsid", "--bufsize=512"],
        ["textbook", "--parent-only"],
        ["all-silent", "--deadline=7", "--max-queries=9", "--timeout=0.7", "--tries=2", "-4", "--tcp"],
        ["wildcard", "AAAA"],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_saved_replayed_and_saved_again_is_the_same(arguments: list[str], tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json.gz"
    before = run("--lab", *arguments, "--save", str(first))
    form = [each for each in arguments if each == "--json"]  # not part of a record
    after = run("--replay", str(first), *form, "--save", str(second))
    assert "--json" in form or "\ntraced 2026-01-15 14:00 UTC\n" in after.out
    assert not re.search(r"(cached|ask) now", after.out)
    assert (after.status, as_of_now(after.out), after.err) == (before.status, before.out, before.err)
    assert gzip.decompress(second.read_bytes()) == first.read_bytes()
    VALIDATOR.validate(json.loads(first.read_bytes()))


def test_the_octets_of_every_reply_are_in_the_file(textbook: Path) -> None:
    attempts = [a for step in json.loads(textbook.read_bytes())["steps"] for a in step["attempts"]]
    assert attempts and all((a["wire"] is None) is (a["size"] is None) for a in attempts)


def test_the_environment_says_nothing_about_a_record(textbook: Path) -> None:
    plain = run("--replay", str(textbook))
    assert run("--replay", str(textbook), DNSTRACE_PORT="5353", DNSTRACE_LAB="lame").out == plain.out
    assert run("--replay", str(textbook), DNSTRACE_SHORT="1").out == "192.0.2.44\n"
    assert run(DNSTRACE_REPLAY=str(textbook)).out == plain.out


# --- with other options ---------------------------------------------------------------------------


def test_other_forms_and_expectations(textbook: Path) -> None:
    assert run("--replay", str(textbook), "--short").out == "192.0.2.44\n"
    document = json.loads(run("--replay", str(textbook), "--json", "-v").out)
    assert document["record"] is None and document["steps"][0]["attempts"][0]["sections"]
    assert run("--replay", str(textbook), "--expect", "a=192.0.2.45").status == 5
    assert run("--replay", str(textbook), "--expect", "a=192.0.2.44").status == 0


def test_another_time_another_verdict(tmp_path: Path) -> None:
    saved = str(kept(tmp_path / "x.json", "dnssec-good"))
    assert run("--replay", saved).status == 0
    late = run("--replay", saved, "--at=20300101000000")
    assert late.status == 4 and "expired" in late.out
    assert json.loads(run("--replay", saved, "--no-dnssec", "--json").out)["security"] is None


def test_what_was_checked_is_checked_again(tmp_path: Path) -> None:
    saved = str(kept(tmp_path / "x.json", "lame", "--all-servers", "--dnssec"))
    again = json.loads(run("--replay", saved, "--check", "--json").out)
    assert "lame-server" in {finding["code"] for finding in again["findings"]}


def test_what_the_record_lacks_accuses_nobody(textbook: Path) -> None:
    ran = run("--replay", str(textbook), "--check", "--json")
    document = json.loads(ran.out)
    assert (ran.status, document["outcome"], document["findings"]) == (0, "answer", [])
    assert document["security"] == "indeterminate" and "not in the record" in document["reason"]
    assert document["stats"]["timeouts"] == 0


def test_what_the_record_lacks_is_one_line_a_step(textbook: Path) -> None:
    lines = run("--replay", str(textbook), "--dnssec").out.splitlines()
    assert "├─ . DNSKEY: asked too, 0 queries, 0 ms" in lines
    assert "│  └─ . ─ ✗ 26 addresses · no answer: not in the record" in lines
    assert sum("not in the record" in line for line in lines) < 12


def test_another_type_is_not_in_the_record(textbook: Path) -> None:
    ran = run("--replay", str(textbook), "MX", "--json")
    assert ran.status == 3 and "not in the record" in json.loads(ran.out)["error"]


# --- servers dropped ------------------------------------------------------------------------------


def test_a_dropped_server_is_silent_in_a_record_and_in_the_lab(tmp_path: Path) -> None:
    saved = str(kept(tmp_path / "x.json", "textbook", "-a"))
    whole = json.loads(run("--replay", saved, "--json").out)
    chosen = whole["steps"][0]["attempts"][whole["steps"][0]["chosen"]]
    for words in (["--replay", saved], ["--lab", "--seed=1", "-a"]):
        for server in (chosen["address"], chosen["server"], chosen["server"].upper().rstrip(".")):
            without = json.loads(run(*words, "--drop", server, "--json").out)
            silent = [a for a in without["steps"][0]["attempts"] if a["result"] == "timeout"]
            assert chosen["address"] in {a["address"] for a in silent}
            assert {a["server"] for a in silent} == {chosen["server"]}
            assert without["outcome"] == "answer" and without["stats"]["duration_ms"] >= 2000


def test_a_server_that_is_not_there_is_refused_with_those_that_are(textbook: Path) -> None:
    ran = run("--replay", str(textbook), "--drop", "nobody.example")
    assert ran.status == 2 and ran.out == "" and ran.err.count("\n") == 1
    assert ran.err.startswith("dnstrace: --drop: the record has no server 'nobody.example.'; there are ")
    assert "ns-2048.awsdns-64.com." in ran.err
    assert run("--lab", "--drop", "192.0.2.250").status == 2
    ran = run("www.example.com", "--drop", "192.0.2.1")
    assert (ran.status, ran.out) == (2, "") and "--drop needs --replay or --lab" in ran.err


# --- what is refused ------------------------------------------------------------------------------


def refused(*arguments: str, **variables: str) -> str:
    ran = run(*arguments, **variables)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), ran
    assert ran.err[:-1].isprintable()
    return ran.err.removeprefix("dnstrace: ").rstrip("\n")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("mine")
    assert "exists already; use --force to overwrite it" in refused("--lab", "--save", str(path))
    assert path.read_text() == "mine"
    path.chmod(0o640)
    assert run("--lab", "--save", str(path), "--force").status == 0
    assert path.read_text().startswith('{"schema"') and path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["x"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    kept(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").is_file()


def test_what_is_no_place_for_a_file_is_refused_before_anything_is_sent(
    tmp_path: Path, asked: list[Any]
) -> None:
    (tmp_path / "file").write_text("")
    for path, why in (
        (str(tmp_path), "is a directory"),
        (str(tmp_path / "no" / "file"), "cannot be written: its directory does not exist"),
        (str(tmp_path / "file" / "x"), "cannot be written: "),
        (str(tmp_path / ("x" * 300)), "cannot be written: File name too long"),
        ("-", "is where the output goes: give another file"),
    ):
        assert why in refused("example.com", "--save", path), path
    assert "must be the path of a file" in refused("example.com", "--save=")
    assert asked == []


def test_several_questions_are_more_than_a_file_holds(tmp_path: Path, asked: list[Any]) -> None:
    why = "--save keeps one trace, and these are 2: give one name and type at a time"
    assert refused("example.com", "A", "MX", "--save", str(tmp_path / "x")) == why
    assert asked == [] and os.listdir(tmp_path) == []


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x\x1b[2J"
    path.write_text("{}")
    assert "was not saved by dnstrace" in refused("--replay", str(path))
    assert "cannot be read: No such file" in refused("--replay", str(tmp_path / "y"))
    assert "cannot be read: Is a directory" in refused("--replay", str(tmp_path))
    assert "exclude each other" in refused("--lab", "--replay", str(kept(tmp_path / "z")))


def test_the_trace_is_shown_where_the_file_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = run("--lab", "--short", "--save", "/dev/full")
    assert (ran.status, ran.out) == (74, "192.0.2.44\n")
    assert ran.err == "dnstrace: cannot write the output: /dev/full: No space left on device\n"

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("--lab", "--short", "--save", str(tmp_path / "x"))
    assert (ran.status, ran.out) == (74, "192.0.2.44\n") and os.listdir(tmp_path) == []


def test_somebody_else_may_be_quicker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "x"
    write = files._write_through

    def beaten(*arguments: Any) -> None:
        write(*arguments)
        path.write_text("theirs")

    monkeypatch.setattr(files, "_write_through", beaten)
    ran = run("--lab", "--short", "--save", str(path))
    assert ran.status == 74 and "use --force to overwrite it" in ran.err
    assert path.read_text() == "theirs" and os.listdir(tmp_path) == ["x"]


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system is mounted read-only")
def test_a_file_system_that_is_read_only(tmp_path: Path) -> None:
    mounting = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs -o ro none "$0" && exec "$@"',
        str(tmp_path),
    ]
    if subprocess.run([*mounting, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    ran = subprocess.run(
        [*mounting, *COMMAND, "--lab", "--save", str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.endswith("cannot be written: its directory is not writable\n")


# --- what is no regular file ----------------------------------------------------------------------


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run("--lab", "--short", "--save", str(pipe)).out == "192.0.2.44\n"
    reader.join(PATIENCE)
    assert read[0].startswith(b'{"schema"') and read[0].endswith(b"}\n")


def test_nowhere_and_where_the_output_goes(tmp_path: Path) -> None:
    assert run("--lab", "--short", "--save", "/dev/null").status == 0
    with (tmp_path / "out").open("w") as file:
        for stdout in (subprocess.PIPE, file):
            ran = finished(start("--lab", "--save", "/dev/stdout", stdout=stdout))
            assert ran.status == 2 and "is where the output goes" in ran.err


# --- stopped --------------------------------------------------------------------------------------


def test_what_was_found_before_ctrl_c_is_saved_and_replayed(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with silent_server(tmp_path) as server:
        process = start("www.example.com", *server.arguments, "--timeout=0.3", "--json", "--save", str(path))
        server.wait()
        server.wait()
        process.send_signal(signal.SIGINT)
        before = finished(process)
    assert before.status == 130 and json.loads(before.out)["interrupted"]
    again = run("--replay", str(path), "--json", "--save", str(tmp_path / "y.json"))
    assert (again.status, again.out) == (130, before.out)
    assert (tmp_path / "y.json").read_bytes() == path.read_bytes()


def test_killed_at_any_moment_the_old_file_or_the_new_one_is_there(tmp_path: Path) -> None:
    """The process saves one record again and again; it is killed at a random moment, twenty times."""
    record, path, random = kept(tmp_path / "record"), tmp_path / "file", Random(1)
    saving = (
        "import sys; from pathlib import Path; from dnstrace.record.files import write\n"
        "new, path = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])\n"
        "print(flush=True)\n"
        "while True:\n    write(path, new, True)"
    )
    old = b"old" * 100_000
    for _ in range(20):
        path.write_bytes(old)
        process = subprocess.Popen(
            [COMMAND[0], "-c", saving, str(record), str(path)], stdout=subprocess.PIPE, cwd=os.getcwd()
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.random() * 0.004)
        process.kill()
        process.communicate()
        assert path.read_bytes() in (old, record.read_bytes())
