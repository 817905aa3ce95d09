"""Records that anybody may have changed: replayed, or refused in one line, without a traceback or a hang."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load as world
from dnstrace.model import Settings
from dnstrace.record import RecordError
from dnstrace.record.decoding import decoded
from dnstrace.record.files import LARGEST, MOST_VALUES, read
from tests.cli.running import run
from tests.record.made import OCTETS
from tests.saving import again, saved

SIGNED = world("dnssec-good")
RECORDS = [OCTETS, saved(SIGNED.question, LabNetwork(SIGNED), seed=1, now=SIGNED.now)[1]]
ALL = Settings(all_servers=True)
AT_ONCE = saved(SIGNED.question, LabNetwork(SIGNED), seed=1, now=SIGNED.now, settings=ALL)[1]
NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 2**31, 2**62, 2**63, 10**400, 0.5, -0.0, 1e-300, 1e308]),
    st.floats(),  # NaN and infinity too, which JSON does not have
    st.integers(-(2**70), 2**70),
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), NUMBERS, st.text(max_size=20), st.sampled_from([".", "::1", "A", "udp"])
    ),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
OPTIONS = st.sampled_from([(), ("--check",), ("--dnssec",), ("--json",), ("--all-servers",), ("-v",)])


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every list or object within a value, with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def mutated(octets: bytes, data: st.DataObject) -> bytes:
    """A record with a few of its values changed, swapped, repeated, nested or taken out."""
    document = json.loads(octets)
    for _ in range(data.draw(st.integers(1, 4))):
        whole = document if data.draw(st.integers(0, 3)) == 0 else document.get("record") or document
        where = places(whole)
        if not where:
            break
        (holder, key), (other, another) = data.draw(st.sampled_from(where)), data.draw(st.sampled_from(where))
        kind = data.draw(st.sampled_from(["any", "near", "near", "near", "swap", "out", "deep", "again"]))
        if kind == "out":
            del holder[key]
        elif kind == "swap":
            holder[key] = json.loads(json.dumps(other[another]))
        elif kind == "deep":
            holder[key] = nested(data.draw(st.sampled_from([3, 400])))
        elif kind == "again" and isinstance(holder, list):
            holder.append(json.loads(json.dumps(holder[key])))
        else:
            holder[key] = nearby(holder[key], data) if kind == "near" else data.draw(VALUES)
    return json.dumps(document).encode()


def nearby(value: Any, data: st.DataObject) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return data.draw(st.one_of(NUMBERS, st.sampled_from([value + 1, value - 1, value * 2, value // 2])))
    if not isinstance(value, str) or not value:
        return value
    try:
        octets = bytearray(base64.b64decode(value, validate=True))
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
        return base64.b64encode(octets).decode()
    except ValueError:
        at = data.draw(st.integers(0, len(value) - 1))
        return value[:at] + data.draw(st.characters()) + value[at + 1 :]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(RECORDS), st.data(), OPTIONS)
def test_any_mutation_is_replayed_or_refused(
    tmp_path: Path, octets: bytes, data: st.DataObject, options: tuple[str, ...]
) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(mutated(octets, data))
    ran = run("--replay", str(path), *options)
    assert ran.status in (0, 1, 2, 3, 4, 5, 130)
    if ran.status == 2:
        assert ran.out == "" and ran.err.startswith("dnstrace: ") and ran.err[:-1].isprintable()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_in_which_exchanges_ended_may_be_anything(data: st.DataObject) -> None:
    """Two that ended at one moment, and have one place: which of them is first is decided somehow."""
    document = json.loads(AT_ONCE)
    for each in document["record"]["exchanges"]:
        each["began"], each["ended"] = 0, data.draw(st.sampled_from([1_000_000, 2_000_000]))
        if each["came"] is not None:
            each["came"]["place"] = data.draw(st.sampled_from([0, 1]))
    document["record"]["ticks"] = None
    again(decoded(json.dumps(document).encode()))


# --- memory ---------------------------------------------------------------------------------------

MEASURED = """\
import re, sys
from pathlib import Path
from tests.cli.running import run
ran = run(sys.argv[1], sys.argv[2])
peak = re.search("VmHWM:[^0-9]*([0-9]+) kB", Path("/proc/self/status").read_text())
print(ran.status, ran.err.strip(), int(peak[1]) >> 10, sep="|")
"""


@pytest.mark.share(3)
@pytest.mark.skipif(
    sys.platform != "linux", reason="the peak of a process's memory is read from Linux's /proc"
)
@pytest.mark.parametrize("option", ["--replay", "--diff"])
@pytest.mark.parametrize("part", [b"[{},{},", b"[{},{},]", b"{}," * 2, b'{"a":{"b":1}},', b"[[[["])
def test_a_file_of_many_values_takes_no_more_memory_than_its_octets(
    option: str, part: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "many.json"
    path.write_bytes(b'{"schema": "dnstrace/1", "x": [' + part * (60 * 2**20 // len(part)))
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, option, path], capture_output=True, text=True, check=True
    )
    status, said, mebibytes = ran.stdout.strip().split("|")
    assert status == "2" and said.endswith(f"is larger than any record: more than {MOST_VALUES:,} values")
    assert int(mebibytes) < 60 * 2 + 100


def test_the_number_of_values_is_bounded_and_that_of_octets(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(b"[" + b"0," * MOST_VALUES)
    with pytest.raises(RecordError, match="more than 1,048,576 values"):
        read(path)
    path.write_bytes(b" " * LARGEST)
    assert len(read(path)) == LARGEST
    assert all(sum(map(octets.count, (b",", b"[", b"{"))) * 15 < len(octets) for octets in RECORDS)
