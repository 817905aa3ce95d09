"""A reading is made once for each value, by identity, and for so many values at a time."""

from __future__ import annotations

from dnstrace.model.kept import kept, once


def test_a_value_is_read_once_and_equal_ones_by_themselves() -> None:
    read: list[list[int]] = []

    @kept(most=8)
    def total(value: list[int]) -> int:
        """Say what it adds up to."""
        read.append(value)
        return sum(value)

    one, other = [1, 2], [1, 2]
    assert [total(one), total(one), total(other)] == [3, 3, 3]
    assert len(read) == 2 and read[0] is one and read[1] is other
    assert total.__doc__ == "Say what it adds up to."


def test_it_forgets_when_there_are_too_many_and_never_confuses_them() -> None:
    """A value that is no longer there may have left its place to another one."""
    made = 0

    @kept(most=4)
    def first(value: list[int]) -> int:
        nonlocal made
        made += 1
        return value[0]

    assert [first([number]) for number in range(100)] == list(range(100))
    assert made == 100


def test_a_reading_of_an_object_is_made_once_for_each() -> None:
    class Numbers:
        def __init__(self, *numbers: int) -> None:
            self.numbers, self.made = numbers, 0

        @once
        def total(self) -> int:
            """What they add up to."""
            self.made += 1
            return sum(self.numbers)

    one, other = Numbers(1, 2), Numbers(3, 4)
    assert [one.total, one.total, other.total, other.total] == [3, 3, 7, 7]
    assert one.made == other.made == 1
    assert Numbers.total.__doc__ == "What they add up to."


def test_what_is_read_again_and_again_stays_and_the_rest_has_a_bound() -> None:
    made: list[list[int]] = []

    @kept(most=4)
    def first(value: list[int]) -> int:
        made.append(value)
        return value[0]

    usual = [0]
    others = [[number] for number in range(1, 50)]
    for other in others:
        assert [first(usual), first(other)] == [0, other[0]]
    assert made == [usual, *others]
    assert [first(other) for other in others[:-4]] == list(range(1, 46))
    assert len(made) == 50 + 45
