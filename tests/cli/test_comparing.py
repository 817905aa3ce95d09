"""`--diff`: what is compared, what is said, and with which exit status it ends."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.planning import Planned, planned
from dnstrace.dnssec import root_anchors
from dnstrace.record.decoding import decoded
from dnstrace.walk.roots import root_hints
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


def _planned(record: Path, *words: str) -> Planned:
    """How the trace is made that a record is compared with."""
    return planned(choose(parse(["--diff", str(record), *words]), {}))


def _anchor(path: Path) -> str:
    path.write_text(f". IN DS 1 13 2 {'AB' * 32}\n")
    return str(path)


def test_a_record_and_now_have_the_same_trust_anchors(tmp_path: Path) -> None:
    """Unless others are typed; those of a world, or of the package, are not the user's."""
    old, path, wrong = tmp_path / "old.json", tmp_path / "usual.json", _anchor(tmp_path / "anchor")
    run("--lab", "dnssec-good", "--trust-anchor", wrong, "--save", str(old), "--seed", "2")
    run("--lab", "dnssec-good", "--save", str(path), "--seed", "2")
    assert run("--diff", str(old), "--lab", "dnssec-good").out.endswith("nothing has changed\n")
    typed = run("--diff", str(path), "--lab", "dnssec-good", "--trust-anchor", wrong, "--short").out
    assert typed.startswith("the security status changed from secure to bogus")
    own = decoded(old.read_bytes()).tracing.anchors
    assert own is not None and _planned(old).tracing.anchors == own
    assert _planned(path).tracing.anchors == root_anchors()


def test_a_record_and_now_begin_at_the_same_root_servers(tmp_path: Path) -> None:
    """If they are one's own, and nothing else is typed."""
    kept_at = tmp_path / "old.json"
    run("--lab", "dnssec-good", "--save", str(kept_at), "--seed", "2")
    assert _planned(kept_at).tracing.roots is None
    text = kept_at.read_text()
    for server in root_hints().servers:
        for place, address in enumerate(server.addresses):
            text = text.replace(address.text, "2001:db8::53" if place else "203.0.113.53")
    kept_at.write_text(text)
    now = _planned(kept_at).tracing
    assert now.roots == decoded(kept_at.read_bytes()).tracing.roots
    assert now.anchors is not None and not now.anchors.zones  # as with --root-hints
    hints = tmp_path / "hints"
    hints.write_text(". 1 NS a.root.example.\na.root.example. 1 A 198.51.100.1\n")
    assert _planned(kept_at, "--root-hints", str(hints)).tracing.roots != now.roots
    assert _planned(kept_at, "@192.0.2.1").tracing.roots is None
