from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.places.frames import FrameError, framed, heading, read_frame


@given(st.sampled_from(["record", "hello"]), st.binary(max_size=200))
def test_a_frame_is_read_as_it_was_written(word: str, payload: bytes) -> None:
    stream = io.BytesIO(framed(word, payload) * 2)
    assert [read_frame(stream, 200) for _ in range(3)] == [(word, payload), (word, payload), None]


@given(st.binary(max_size=40))
def test_other_octets_are_an_error_and_nothing_else(octets: bytes) -> None:
    try:
        word, payload = read_frame(io.BytesIO(octets), 10) or ("", b"")
    except FrameError:
        return
    assert len(payload) <= 10 and word.isascii()


@pytest.mark.parametrize(
    "line", [b"record 201\n", b"record 99999999999999\n", b"record 1", b"record -1\n", b"\n"]
)
def test_a_length_beyond_the_bound_is_refused_before_it_is_read(line: bytes) -> None:
    with pytest.raises(FrameError):
        heading(line, 200)
    with pytest.raises(FrameError, match="middle"):
        read_frame(io.BytesIO(b"record 5\nabc"), 10)
