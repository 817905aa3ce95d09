"""A struct is what `@dataclass(frozen=True, slots=True)` makes of the same class."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dnstrace
from dnstrace.model.structs import Struct, field, replace


class Ours(Struct):
    first: Any
    second: int = 2
    third: list[int] = field(default_factory=list)
    aside: str = field(default="", compare=False)

    @property
    def double(self) -> int:
        return self.second * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    first: Any
    second: int = 2
    third: list[int] = dataclasses.field(default_factory=list)
    aside: str = dataclasses.field(default="", compare=False)


class Alone(Struct):
    text: str


class Empty(Struct):
    pass


NONE: Any = ()  # a list has no hash
CHECKED: list[int] = []


class Checked(Struct):
    number: int

    def __post_init__(self) -> None:
        CHECKED.append(self.number)
        if self.number < 0:
            raise ValueError("too small")


class Changeable(Struct, frozen=False):
    number: int
    several: list[int] = field(default_factory=list)


FIELDS = st.fixed_dictionaries(
    {"first": st.integers() | st.text(max_size=3)},
    optional={
        "second": st.integers(0, 2),
        "third": st.lists(st.integers(0, 1), max_size=2),
        "aside": st.text(),
    },
)


@given(FIELDS, FIELDS)
def test_it_is_a_dataclass_to_whoever_asks(one: dict[str, Any], other: dict[str, Any]) -> None:
    ours, theirs = Ours(**one), Theirs(**one)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert (ours == Ours(**other)) is (theirs == Theirs(**other))
    assert ours == Ours(*dataclasses.astuple(theirs)) and ours != theirs
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert dataclasses.replace(ours, **other) == replace(ours, **other) == Ours(**{**one, **other})


@given(FIELDS, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_copies_are_equal(fields: dict[str, Any], protocol: int) -> None:
    ours = Ours(**fields)
    for made in (pickle.loads(pickle.dumps(ours, max(protocol, 2))), copy.copy(ours), copy.deepcopy(ours)):
        assert (made, made.aside) == (ours, ours.aside)


def test_what_is_known_of_the_class() -> None:
    known: Any = Ours
    assert dataclasses.is_dataclass(known)
    assert [each.name for each in dataclasses.fields(Ours)] == [e.name for e in dataclasses.fields(Theirs)]
    assert [each.type for each in dataclasses.fields(Ours)] == [e.type for e in dataclasses.fields(Theirs)]
    assert Ours.__match_args__ == Theirs.__match_args__ == ("first", "second", "third", "aside")
    assert [*inspect.signature(Ours).parameters] == [*inspect.signature(Theirs).parameters]
    assert not hasattr(Ours(1), "__dict__") and Ours(1).double == 4


def test_nothing_can_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'text'"):
        Alone("x").text = "y"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'text'"):
        del Alone("x").text
    with pytest.raises(AttributeError):
        Alone("x").other = 1


def test_unless_it_is_meant_to_be() -> None:
    one, other = Changeable(1), Changeable(1)
    one.several.append(2)
    one.number = 3
    assert (one, other) == (Changeable(3, [2]), Changeable(1, []))
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_a_hash_is_that_of_the_fields_compared() -> None:
    assert hash(Alone("x")) == hash(("x",)) and hash(Empty()) == hash(())
    assert Empty() == Empty() != Alone("x")
    assert hash(Theirs(1, third=NONE)) == hash(Ours(1, third=NONE, aside="x"))


def test_a_new_one_is_checked_and_an_old_one_is_not() -> None:
    good = Checked(1)
    with pytest.raises(ValueError, match="too small"):
        replace(good, number=-1)
    seen = len(CHECKED)
    assert pickle.loads(pickle.dumps(good)) == good and len(CHECKED) == seen


def test_any_field_can_be_replaced_and_nothing_else() -> None:
    class Named(Struct):
        kind: str
        value: int = 0

    for _ in range(100):  # some by a loop, the rest by a compiled function
        assert replace(Named("a", 1), kind="b") == Named("b", 1)
        assert replace(Named("a"), value=2) == Named("a", 2)
        with pytest.raises(TypeError, match="'other'"):
            replace(Named("a"), other=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(("arguments", "why"), [((), "missing 1"), ((1, 2, [], "", 5), "takes from 2 to 5")])
def test_wrong_arguments_are_named(arguments: tuple[Any, ...], why: str) -> None:
    with pytest.raises(TypeError, match=rf"Ours\.__init__\(\) {why}"):
        Ours(*arguments)


def test_no_other_class_is_made_at_that_cost() -> None:
    """Worlds of the lab keep what they work out, and so cannot have slots."""
    sources = {file.stem: file.read_text("utf-8") for file in Path(dnstrace.__path__[0]).rglob("*.py")}
    assert [name for name, text in sources.items() if "\n@dataclass(" in text] == ["internet"]
