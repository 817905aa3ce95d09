"""What a real server sends by a standard that few serve is judged right: `real/` has records of such traces.

`compact-denial.json.gz`: a zone of our own, signed as it is asked, on adns_server 0.16.2
(github.com/shuque/adns_server, by an author of RFC 9824) with dnspython 2.7.0, below a root zone on BIND and
a zone com on NSD, in a network namespace, on 30 November 2026.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import run

COMPACT = str(Path(__file__).parent / "real" / "compact-denial.json.gz")


def test_compact_denial_is_proven_and_nothing_is_wrong_with_it() -> None:
    ran = run("--replay", COMPACT, "--check", "--json")
    document = json.loads(ran.out)
    assert (document["outcome"], document["security"]) == ("nodata", "secure"), ran.err
    assert document["findings"] == [] and ran.status == 1
    denied = [step for step in document["steps"] if step["compact_denial"] and step["purpose"] == "walk"]
    assert [step["question"]["name"] for step in denied] == ["nothere.example.com."]


def test_the_tree_says_that_there_is_no_such_name() -> None:
    told = " ".join(run("--replay", COMPACT, "--dnssec").out.split())
    assert "NODATA, no such name (compact denial)" in told
    assert "marks nothere.example.com as non-existent" in told.replace("│ ", "")
