"""Each way to ask for a value takes what is right, and names the key of what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dnstrace.model import Transport
from dnstrace.record.fields import Fields
from dnstrace.record.files import RecordError
from tests.replies import name

Asked = Callable[[Fields], object]

TAKEN: list[tuple[Any, Asked, object]] = [
    ("text", lambda f: f.text("x"), "text"),
    ("größer", lambda f: f.word("x"), "größer"),
    (True, lambda f: f.flag("x"), True),
    (53, lambda f: f.whole("x", 1, 65535), 53),
    (2, lambda f: f.number("x", 0.5, 2), 2),
    ("udp", lambda f: f.one_of("x", Transport), Transport.UDP),
    ("example.com.", lambda f: f.name("x"), name("example.com.")),
    ("2001:db8::1", lambda f: f.address("x"), "2001:db8::1"),
    ("AAE=", lambda f: f.octets("x"), b"\0\1"),
    ([1, 2], lambda f: f.wholes("x"), (1, 2)),
    (["a", "b"], lambda f: f.texts("x"), ("a", "b")),
    (["192.0.2.1"], lambda f: f.addresses("x"), ("192.0.2.1",)),
    ({"y": 1}, lambda f: f.object("x").whole("y"), 1),
    ([{"y": 1}, {"y": 2}], lambda f: [each.whole("y") for each in f.objects("x")], [1, 2]),
    ("12", lambda f: f.converted("x", int), 12),
]

REFUSED: list[tuple[Any, Asked]] = [
    ("größer", lambda f: f.text("x")),
    ("two\nlines", lambda f: f.word("x")),
    (1, lambda f: f.flag("x")),
    (True, lambda f: f.whole("x")),
    (0, lambda f: f.whole("x", 1, 65535)),
    (65536, lambda f: f.whole("x", 1, 65535)),
    ("2", lambda f: f.number("x")),
    (float("nan"), lambda f: f.number("x")),
    (-0.1, lambda f: f.number("x")),
    ("pigeon", lambda f: f.one_of("x", Transport)),
    ("example.com", lambda f: f.name("x")),
    ("a..b.", lambda f: f.name("x")),
    ("2001:DB8::1", lambda f: f.address("x")),
    ("AA", lambda f: f.octets("x")),
    ([-1], lambda f: f.wholes("x")),
    ([True], lambda f: f.wholes("x")),
    ([1], lambda f: f.texts("x")),
    (["192.0.2.1", "there"], lambda f: f.addresses("x")),
    ("1", lambda f: f.list("x")),
    ("twelve", lambda f: f.converted("x", int)),
]


@pytest.mark.parametrize(("value", "asked", "found"), TAKEN, ids=str)
def test_what_is_right_is_taken(value: Any, asked: Asked, found: object) -> None:
    assert asked(Fields({"x": value}, "it")) == found


@pytest.mark.parametrize(("value", "asked"), REFUSED, ids=str)
def test_what_is_wrong_is_named_by_its_key(value: Any, asked: Asked) -> None:
    with pytest.raises(RecordError, match=r"^is damaged: it\.x is missing or wrong$"):
        asked(Fields({"x": value}, "it"))


@pytest.mark.parametrize(("value", "asked", "found"), TAKEN, ids=str)
def test_what_is_not_there_is_an_error_and_no_crash(value: Any, asked: Asked, found: object) -> None:
    for without in ({}, {"x": None}):
        assert not Fields(without, "it").has("x")
        with pytest.raises(RecordError):
            asked(Fields(without, "it"))


def test_an_object_within_a_list_is_named_by_its_place() -> None:
    whole = Fields(json.loads('{"x": [{"y": 1}, {"y": "1"}]}'), "it")
    with pytest.raises(RecordError, match=r"it\.x 2\.y"):
        [each.whole("y") for each in whole.objects("x")]
    with pytest.raises(RecordError, match="it is not an object"):
        Fields([], "it")
