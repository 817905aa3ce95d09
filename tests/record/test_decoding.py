"""Reading a record that anybody may have written: what is wrong with it is one line, and nothing crashes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dnstrace.record import RecordError, load
from dnstrace.record.decoding import decoded
from dnstrace.record.files import LARGEST
from tests.record.made import OCTETS, changed
from tests.saving import again


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "is empty"),
        (b"hello", "was not saved by dnstrace: it is not JSON"),
        (b"\0" * 1000, "was not saved by dnstrace: it is not JSON"),
        (b"{}", "was not saved by dnstrace"),
        (b"[]", "was not saved by dnstrace"),
        (b"3", "was not saved by dnstrace"),
        (b'{"schema": "zonemaster"}', "was not saved by dnstrace"),
        (b"[" * 100_000, "was not saved by dnstrace: it is not JSON"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "was not saved by dnstrace: it is not JSON"),
        (OCTETS[:-100], "is cut off or damaged: the JSON is incomplete"),
        (OCTETS[:5], "is cut off or damaged: the JSON is incomplete"),
        (gzip.compress(OCTETS)[:-20], "is cut off: the end of the gzip data is missing"),
        (gzip.compress(OCTETS)[:10] + b"\xff" * 300, "is damaged: gzip cannot unpack it"),
        (gzip.compress(b" " * (LARGEST + 2)), "is larger than any record: more than 64 MiB"),
        (
            changed(lambda d: d.update(schema="dnstrace/2")),
            "was saved by a newer dnstrace: it is dnstrace/2, this version reads dnstrace/1",
        ),
        (
            changed(lambda d: d["record"].update(format=2)),
            "was saved by a newer dnstrace: its format is 2, this version reads 1",
        ),
        (changed(lambda d: d.update(record=None)), "has no record: save traces with --save, not with --json"),
        (
            changed(lambda d: d["record"].update(exchanges=3)),
            "is damaged: it.record.exchanges is missing or wrong",
        ),
        (
            changed(lambda d: d["record"]["exchanges"][1].update(began=-1)),
            "is damaged: it.record.exchanges 2.began is missing or wrong",
        ),
        (
            changed(lambda d: d["record"]["exchanges"][0]["came"].update(attempt=[99, 0])),
            "is damaged: it.record.exchanges 1.came.attempt is missing or wrong",
        ),
    ],
    ids=map(str, range(20)),
)  # fmt: skip
def test_what_is_no_record_is_said_in_one_line(octets: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(octets)
    with pytest.raises(RecordError) as refused:
        load(path)
    assert str(refused.value) == why and why.isprintable()


# --- fuzzing --------------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**63, 1e308, -0.5, 10**400, "", "x", "\x1b[2J", "\u202e", "a" * 70, ".", "::1",
    [], {}, [[]], "0", "192.0.2.1", "AAAA", [1, 2, 3], float("nan"),
)  # fmt: skip


def _mutate(value: Any, random: Random) -> Any:
    """Change one thing somewhere within a value."""
    inside: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not inside:
        return random.choice(_ODD)
    key = random.choice(inside)
    if isinstance(value[key], dict | list) and random.random() < 0.85:
        value[key] = _mutate(value[key], random)
    elif random.random() < 0.3:
        del value[key]
    elif isinstance(value[key], str) and value[key] and random.random() < 0.5:
        letters = list(value[key])
        letters[random.randrange(len(letters))] = chr(random.choice([0, 34, 46, 65, 92, 127, 255, 0x202E]))
        value[key] = "".join(letters)
    elif isinstance(value[key], int) and random.random() < 0.5:
        value[key] += random.choice([-1, 1, 1000, -(10**9)])
    else:
        value[key] = random.choice(_ODD)
    return value


def _spoilt(octets: bytes, random: Random) -> bytes:
    spoilt = bytearray(octets)
    for _ in range(random.randrange(1, 4)):
        spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt)


def test_nothing_in_a_record_crashes_anything() -> None:
    random, replays = Random(7), 0
    for number in range(2000):
        if number % 3:
            document = json.loads(OCTETS)
            for _ in range(random.randrange(1, 3)):
                document["record"] = _mutate(document["record"], random)
            octets = json.dumps(document).encode()
        else:
            octets = _spoilt(OCTETS, random)
        try:
            record = decoded(octets)
        except RecordError as error:
            assert str(error).isprintable()
            continue
        assert record.servers is not None
        try:
            again(record)
        except KeyboardInterrupt:
            assert record.course.cut is not None
        replays += 1
    assert replays > 100
