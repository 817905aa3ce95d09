"""`--diff` and `--watch`: what is compared, what is said, and with which exit status it ends."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dnstrace import Trace
from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.cli.watching import watch
from dnstrace.model import Outcome
from tests.checks.checking import walked
from tests.cli.running import Ran, run
from tests.lab.worlds import own


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
        "the serial of example.com changed from 2026011400 to 2026011501",
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


# --- watch --------------------------------------------------------------------------------------


class Watched:
    """Traces in turn, and how long was waited between them."""

    def __init__(self, *traces: Trace) -> None:
        self._left = list(traces)
        self.waited: list[float] = []
        self.out = ""
        self.status = -1

    def __call__(self, *arguments: str) -> Watched:
        where = Environment(io.StringIO(), io.StringIO(), {})
        chosen = choose(parse([*arguments, "www.example.com"]), {})
        later = iter(
            [replace(t, started=t.started + timedelta(seconds=10 * n)) for n, t in enumerate(self._left)]
        )
        self.status = watch(chosen, where, trace=lambda: next(later), sleep=self.waited.append)
        assert isinstance(where.stdout, io.StringIO)
        self.out = where.stdout.getvalue()
        return self


def test_it_watches_until_something_changes() -> None:
    same, gone = own("in-domain", 1), walked("all-refuse")
    seen = Watched(same, own("in-domain", 2), same, gone)("--watch", "10")
    assert (seen.status, seen.waited) == (5, [10.0] * 3)
    first, second, *_ = seen.out.splitlines()
    assert first == "14:00:00 UTC www.example.com. A: 192.0.2.44"
    assert second.startswith(
        "14:00:30 UTC the outcome changed from answer to failed: no name server of example.com gave"
    )


def test_it_watches_until_what_is_expected_has_come_to_be() -> None:
    seen = Watched(walked("all-refuse"), walked("silent"), own("in-domain", 1))(
        "--watch", "5", "--expect", "a=192.0.2.44"
    )
    assert (seen.status, len(seen.waited)) == (0, 1)
    never = Watched(own("in-domain", 1))
    with pytest.raises(StopIteration):
        never("--watch", "5", "--expect", "a=192.0.2.99")


def test_wrong_ways_to_watch() -> None:
    assert "once a second" in run("--lab", "--watch", "0.5").err
    assert run("--lab", "--watch", "0.5").status == 2
    found: Ran = run("--lab", "--watch", "5")
    assert found.status == 0 and "nothing changes here by itself" in found.err
    assert run("--lab", "--watch", "5", "--expect", "a=192.0.2.44").status == 0
    with pytest.raises(Usage, match="one question"):
        watch(choose(parse(["--watch", "5", "a.example", "b.example"]), {}), None)  # type: ignore[arg-type]


def test_a_watched_trace_that_failed_is_told() -> None:
    assert walked("all-refuse").outcome is Outcome.FAILED
    seen = Watched(walked("all-refuse"), own("in-domain", 1))("--watch", "1")
    assert seen.out.splitlines()[0].endswith(
        "failed: no name server of example.com gave a usable answer: 4 refused"
    )
    assert "the outcome changed from failed to answer" in seen.out
