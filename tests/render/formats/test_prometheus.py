"""Metrics, read by the parser of Prometheus's own client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from dnstrace.render.formats.entries import Entry
from dnstrace.render.formats.prometheus import prometheus
from tests.render.formats.made import FAILED, LAME, NOTED, PLAIN, WARNED, found, hostile, named

Labels = dict[str, str]


def samples(entries: Sequence[Entry]) -> Iterator[tuple[str, Labels, float]]:
    """What Prometheus reads: no sample twice, each with its help, none with a timestamp."""
    seen: set[object] = set()
    for family in text_string_to_metric_families(prometheus(entries)):
        assert family.documentation and family.type == "gauge" and family.samples
        for sample in family.samples:
            assert sample.name == family.name not in seen and sample.timestamp is None
            key = sample.name, frozenset(sample.labels.items())
            assert key not in seen
            seen.add(key)
            yield sample.name.removeprefix("dnstrace_"), sample.labels, sample.value
        seen.add(family.name)


def values(entry: Entry, metric: str) -> list[tuple[Labels, float]]:
    """The values of a metric of one name, with the labels beyond those of the question."""
    of_metric = [(labels, value) for name, labels, value in samples([entry]) if name == metric]
    assert all(
        (labels.pop("name"), labels.pop("type")) == (entry.name, entry.type) for labels, _ in of_metric
    )
    return of_metric


def test_the_metrics_of_a_name() -> None:
    assert values(PLAIN, "success") == [({}, 1.0)] and values(FAILED, "success") == [({}, 0.0)]
    assert values(FAILED, "outcome") == [({"outcome": "failed"}, 1.0)]
    assert values(PLAIN, "cache_seconds") == [({}, 300.0)] and not values(PLAIN, "findings")
    made = found(LAME, LAME, WARNED, NOTED, ignores=("open-transfer",))
    assert values(made, "findings") == [
        ({"level": "error"}, 2),
        ({"level": "warning"}, 1),
        ({"level": "notice"}, 0),
    ]
    assert values(made, "accepted_findings") == [({}, 1.0)] and values(made, "rules")[0][1] > 50
    lame = {"code": "lame-server", "level": "error", "zone": "example.com", "server": "ns1.example.com"}
    assert (lame, 2.0) in values(made, "problem")


def test_many_names_and_one_that_is_there_twice() -> None:
    found_names = [
        labels["name"]
        for name, labels, _ in samples([PLAIN, named("a.example", FAILED), PLAIN])
        if name == "success"
    ]
    assert found_names == ["www.example.com", "a.example"]
    assert [name for name, _, _ in samples([])] == ["info"]


@given(hostile())
def test_hostile_names_are_read_as_they_are(entry: Entry) -> None:
    (labels, value) = values(entry, "problem")[0]
    assert (labels["zone"], labels["server"], value) == (
        entry.problems[0].zone,
        entry.problems[0].server,
        1.0,
    )
