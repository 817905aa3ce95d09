"""What resolvers keep: every kind of it is in the schema and has its words in the table."""

from __future__ import annotations

from dnstrace.api import report
from dnstrace.model.lives import Held
from dnstrace.render.document import document
from dnstrace.render.reconciled import tables
from tests.render import traces
from tests.schema_words import members, words


def test_every_word_is_in_the_schema() -> None:
    assert members(Held) == words("life", "properties", "what")


def test_it_ends_so_many_seconds_after_the_trace() -> None:
    found = report(traces.plain())
    for life in found.lives:
        since = (life.until - found.trace.started).total_seconds() - found.trace.stats.duration
        assert round(since, 6) == life.ttl
    assert [each["ttl"] for each in document(found)["lives"]] == [life.ttl for life in found.lives]
    assert not tables(found)  # nothing was probed
