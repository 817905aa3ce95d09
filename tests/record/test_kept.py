"""Files of earlier versions are still read: a record replays to what it shows, and JSON can be compared.

`kept/` has a record of each released version, and the JSON of the same trace. They are never changed;
CONTRIBUTING.md says how those of a new version are made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dnstrace.record import load
from tests.cli.running import run

KEPT = sorted((Path(__file__).parent / "kept").glob("*-record.json.gz"))


@pytest.fixture(params=KEPT, ids=lambda path: path.name.removesuffix("-record.json.gz"))
def record(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def what_was_seen(document: Any) -> dict[str, Any]:
    """What no later version sees otherwise: the result. Blanks within the data of a record are no matter."""
    answer = [
        {**rrset, "rdata": ["".join(data.split()) for data in rrset["rdata"]]} for rrset in document["answer"]
    ]
    seen = {key: document[key] for key in ("schema", "question", "outcome", "rcode", "security", "seed")}
    return {**seen, "answer": answer}


def test_a_record_is_replayed_to_what_it_shows(record: Path) -> None:
    ran = run("--replay", str(record), "--json")
    assert ran.status in (0, 5), ran.err
    assert what_was_seen(json.loads(ran.out)) == what_was_seen(load(record).document)


def test_json_is_still_compared(record: Path) -> None:
    plain = record.with_name(record.name.replace("-record", ""))
    ran = run("--diff", str(plain), str(record))
    assert ran.status == 0 and "nothing has changed" in ran.out, ran.err
