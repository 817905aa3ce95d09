"""What is read is noted, also where it is read from what was kept."""

from __future__ import annotations

from dnstrace.checks.readings.reads import EVERYTHING, Reader, Reads, reading


def _one(_: Reader) -> int:
    return 1


def _whole(reader: Reader) -> int:
    reader.reads.note(EVERYTHING)
    return 2


class _Reading:
    def __init__(self, reader: Reader) -> None:
        self.reads, self._reader, self.made = reader.reads, reader, 0

    @reading
    def whole(self) -> int:
        """Reads everything."""
        self.made += 1
        return self._reader.once(_whole)

    @reading
    def bare(self) -> int:
        """Reads nothing else."""
        self.made += 1
        return 3


def test_what_is_kept_is_noted_each_time() -> None:
    reader = Reader(Reads())
    for _ in range(2):
        assert reader.reads.during(lambda: reader.once(_whole)) == (2, frozenset({EVERYTHING}))
        assert reader.reads.during(lambda: reader.once(_one)) == (1, frozenset())


def test_who_reads_a_summary_reads_nothing_else() -> None:
    reader = Reader(Reads())
    for _ in range(2):
        assert reader.reads.during(lambda: reader.summary(_whole)) == (2, frozenset({(_whole, ())}))


def test_a_reading_is_made_once_and_noted_each_time() -> None:
    each = _Reading(Reader(Reads()))
    for _ in range(2):
        assert each.reads.during(lambda: each.whole) == (2, frozenset({EVERYTHING}))
        assert each.reads.during(lambda: each.bare) == (3, frozenset())
    assert each.made == 2
    assert _Reading.whole.__doc__ == "Reads everything."


def test_who_calls_reads_as_much() -> None:
    reads = Reads()
    _, read = reads.during(lambda: reads.during(lambda: reads.note(EVERYTHING)))
    assert read == {EVERYTHING}
    _, read = reads.during(lambda: reads.apart(lambda: reads.note(EVERYTHING)))
    assert not read
