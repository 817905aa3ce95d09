"""`--diff`: what is compared, what is said, and with which exit status it ends."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from tests.cli.running import run


def kept(path: Path, *arguments: str) -> str:
    path.write_text(run("--json", *arguments).out)
    return str(path)


def test_two_files(tmp_path: Path) -> None:
    old = kept(tmp_path / "old.json", "--lab", "soa-stale", "--check", "--seed", "1")
    new = kept(tmp_path / "new.json", "--lab", "in-domain", "--check", "--seed", "1")
    found = run("--diff", old, new)
    assert found.status == 5 and found.out.endswith("\n2 changes\n")
    assert "~ the serial of example.com changed from 2026011400 to 2026011501" in found.out
    assert run("--diff", old, old).status == 0
    assert run("--diff", old, old).out.endswith("\nnothing has changed\n")
    short = run("--diff", old, new, "--short").out.splitlines()
    assert short == [
        "the serial of example.com changed from 2026011400 to 2026011501 at ns2.example.com",
        "no longer found: soa-differs at ns2.example.com in example.com",
    ]
    told = json.loads(run("--diff", old, new, "--json").out)
    assert (told["schema"], told["question"]["name"]) == ("dnstrace-diff/1", "www.example.com.")
    assert [each["what"] for each in told["differences"]] == ["serial", "finding"]


def test_a_file_and_now(tmp_path: Path) -> None:
    """The question, the checks and the random choices are those of the file."""
    old = kept(tmp_path / "old.json", "--lab", "parent-child-differ", "--check", "--seed", "4")
    assert run("--diff", old, "--lab", "parent-child-differ").status == 0
    found = run("--diff", old, "--lab", "in-domain", "--short")
    assert found.status == 5
    assert "no longer found: refuses at ns1.example.com in example.com" in found.out.splitlines()


def test_a_saved_trace_and_now(tmp_path: Path) -> None:
    path = tmp_path / "old.json.gz"
    run("--lab", "dnssec-good", "--save", str(path), "--seed", "2", "-a")
    assert run("--diff", str(path), "--lab", "dnssec-good").status == 0
    found = run("--diff", str(path), "--lab", "dnssec-expired", "--short")
    assert found.status == 5 and found.out.startswith("the security status changed from secure to bogus: ")


def damaged(tmp_path: Path) -> Iterator[tuple[str, bytes]]:
    whole = run("--lab", "--json").out.encode()
    yield "there is none", b""
    yield "is not a trace", b"[]"
    yield "is not a trace", b"\xff\xfe"
    yield "is not a trace", whole[: len(whole) // 2]
    yield "is newer than", whole.replace(b"dnstrace/1", b"dnstrace/9")
    yield "is damaged", whole.replace(b'"steps"', b'"stops"')
    yield "is not a trace", b"[" * 100_000


def test_a_wrong_file_is_one_clear_line(tmp_path: Path) -> None:
    for number, (words, octets) in enumerate(damaged(tmp_path)):
        path = tmp_path / f"{number}.json"
        if octets:
            path.write_bytes(octets)
        found = run("--diff", str(path))
        assert (found.status, found.out) == (2, "") and found.err.count("\n") == 1, found
        assert (words if octets else "cannot be read") in found.err


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    one, other = kept(tmp_path / "1.json", "--lab"), kept(tmp_path / "2.json", "--lab", "nxdomain")
    assert "different questions: www.example.com A and nowhere.example.com A" in run("--diff", one, other).err
    assert "one question" in run("--diff", one, "--lab", "a.example", "b.example").err
    assert run("--diff", one, one, "--diff", one).status == 2
    packed = tmp_path / "1.json.gz"
    packed.write_bytes(gzip.compress(Path(one).read_bytes()))
    assert run("--diff", str(packed), one).status == 0
