"""What is counted of many results."""

from __future__ import annotations

import pytest

from dnstrace.cli.exits import Exit
from dnstrace.cli.many import tally as module
from dnstrace.cli.many.results import Result
from dnstrace.cli.many.tally import Tally
from dnstrace.model.findings import Level

ANSWERED = Result(
    "www.example.com. A", "", "answer", Exit.ANSWER, times=(("com", 0.02), ("example.com", 0.3))
)
FAILED = Result(
    "www.example.org. A",
    "",
    "failed",
    Exit.FAILED,
    "example.org",
    ("ns.example.org 192.0.2.1",),
    (("org", 0.1),),
    ((Level.WARNING, "one-address"), (Level.ERROR, "lame-server")),
)


def test_all_in_a_few_lines() -> None:
    tally = Tally()
    for each in (ANSWERED, ANSWERED, FAILED):
        tally.add(each)
    assert (tally.ended, tally.status) == (3, Exit.FAILED)
    first, wrong, error, warning, failed, troubled, slowest = tally.summary(2)
    assert first.startswith("3 names in ") and first.endswith(": 2 answer, 1 failed; 1 bad")
    assert wrong.startswith("2 ") and failed == "failed in zone: example.org (1 name)"
    assert error == "found: error lame-server (1 name): www.example.org"
    assert warning == "found: warning one-address (1 name): www.example.org"
    assert troubled == "no usable reply from: ns.example.org 192.0.2.1 (1 name)"
    assert slowest == "slowest zones: example.com 300 ms, org 100 ms, com 20 ms"
    tally.add(ANSWERED._replace(times=(("com", 0.4), ("example.com", 0.1))))
    assert [*tally.summary(0)][-1] == "slowest zones: com 400 ms, example.com 300 ms, org 100 ms"


def test_codes_come_by_level_and_count_with_the_first_names() -> None:
    tally = Tally()
    for number in range(8):
        codes = [(Level.NOTICE, "n"), (Level.ERROR, "e"), (Level.ERROR, "rare"), (Level.WARNING, "w")]
        tally.add(FAILED._replace(name=f"z{number}. A", codes=tuple(codes[: 4 if number < 2 else 2])))
    assert [*tally.findings()] == [
        "found: error e (8 names): z0, z1, z2, z3, z4 and 3 more",
        "found: error rare (2 names): z0, z1",
        "found: warning w (2 names): z0, z1",
        "found: notice n (8 names): z0, z1, z2, z3, z4 and 3 more",
    ]


def test_what_is_not_as_expected_comes_first() -> None:
    tally = Tally()
    tally.add(ANSWERED._replace(unmet=("a=192.0.2.9",), judged=("a=192.0.2.9", "ttl>=5")))
    assert [*tally.findings()] == ["not as expected: a=192.0.2.9 (1 name): www.example.com"]
    assert tally.judged == {"a=192.0.2.9", "ttl>=5"}


def test_names_that_do_not_exist_are_listed_with_what_makes_them_bad() -> None:
    tally, absent = Tally(), ANSWERED._replace(name="gone.example. A", outcome="nxdomain")
    tally.add(absent._replace(status=Exit.NEGATIVE))
    assert not absent._replace(status=Exit.NEGATIVE).is_bad and tally.status is Exit.ANSWER
    _, said = list(tally.summary(0))[:2]
    assert said == "NXDOMAIN (1 name): gone.example; bad only with --expect 'outcome!=nxdomain'"
    tally.add(absent)  # it was expected
    tally.add(ANSWERED._replace(status=Exit.NEGATIVE, outcome="nodata"))
    assert [*tally.summary(0)][1] == said


def test_nothing_at_all_is_said_to_be_nothing() -> None:
    (only,) = Tally().summary(0)
    assert only.startswith("0 names") and only.endswith(": nothing")


def test_of_very_many_zones_the_frequent_and_the_slow_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 10)
    tally = Tally()
    for number in range(100):
        name, zone = f"z{number}. A", f"z{number}"
        unmet = (f"a=192.0.2.{number}",)
        tally.add(FAILED._replace(name=name, failed_in=zone, times=((zone, number / 100),), unmet=unmet))
        tally.add(FAILED)
    lines = "\n".join(tally.summary(0))
    assert "failed in zone: example.org (100 names)" in lines and "slowest zones: z99 " in lines
    assert "not as expected: others (90 names): z10, " in lines
    assert len(tally._failing) <= 20 and len(tally._slowest) <= 11


def test_progress_says_how_far_it_is_where_that_is_known() -> None:
    tally = Tally()
    tally.add(FAILED)
    assert tally.progress(None).startswith("1 ") and tally.progress(None).endswith(" · 1 bad")
    assert tally.progress(0.5).startswith("━" * 10 + " ") and " 50% · 1 " in tally.progress(0.5)
    assert tally.progress(0.5, ascii_only=True).isascii()


def test_a_name_is_listed_once_and_again_only_with_another_type() -> None:
    tally = Tally()
    for question in ("a.example. A", "a.example. MX", "a.example. A", "b.example. A", ". NS"):
        tally.add(Result(question, "", "answer", Exit.FINDINGS, codes=((Level.ERROR, "refuses"),)))
    (line,) = tally.findings()
    assert line == "found: error refuses (5 names): a.example, a.example MX, a.example A, b.example, the root"


@pytest.mark.parametrize(("took", "left"), [(599.7, "10:00"), (59.4, "0:59"), (59.6, "1:00"), (0.2, "0:00")])
def test_seconds_that_are_left_make_whole_minutes(
    took: float, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    tally = Tally()
    monkeypatch.setattr("time.monotonic", lambda: took)
    assert tally.progress(0.5).endswith(f" {left} left")
