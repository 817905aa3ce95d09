"""One name from three namespaces, two of them over ssh and without dnstrace, among places that misbehave."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places.sites import Sites, obstacle, sites

AT = ("--at", "20260115120000")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    if (why := obstacle()) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    with sites(tmp_path_factory.mktemp("sites")) as found:
        yield found


def acting(way: str) -> str:
    words = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "tests.places.acting", way]
    return f"command:{shlex.join(words)}"


def test_each_place_is_seen_as_it_is_and_none_stands_in_the_way_of_the_others(
    there: Sites, tmp_path: Path
) -> None:
    """One hangs, one lies in its record, one prints 100 MiB."""
    honest = ["here", "ssh://tokyo", "ssh://office"]
    places = [*honest, "command:sh -c 'exec sleep 1000'", acting("lies"), acting("floods")]
    words = [word for place in places for word in ("--from", place)]
    saved = str(tmp_path / "saved.json")
    ran = there.run("www.example.org", "-a", "--json", "--deadline=15", "--save", saved, *words)
    found = json.loads(ran.out)
    here, tokyo, office, hangs, lies, floods = found["places"]
    assert [each["failure"] for each in (here, tokyo, office)] == [None] * 3, ran.err
    assert hangs["failure"] == "did not answer within 15 s"
    assert lies["failure"] == "sent a record that lacks what the trace asks"
    assert floods["failure"] == "sent 64 KiB of something else and no trace"
    assert here["answer"] == tokyo["answer"] == ["203.0.113.9"] != office["answer"]
    assert [each["by"] for each in (here, tokyo, office)] == [here["by"]] * 3
    said = {each["text"]: each["places"] for each in found["across"]["differing"]}
    assert said["an interceptor answers for the root"] == ["office"]
    assert said["the root servers time out over IPv6"] == ["tokyo"]
    assert found["across"]["where"] == "there"
    assert "only at office: something on the network there intercepts" in found["across"]["verdict"]
    assert ran.status == 3
    again = there.run("--replay", saved, "--json")
    assert json.loads(again.out)["across"] == found["across"]


def test_what_is_checked_and_validated_there_is_judged_here(there: Sites) -> None:
    """The anchor is that of the lab; the place has no package that verifies signatures."""
    ran = there.run(
        "signed.example.org", "--from", "ssh://tokyo", "--json", "--dnssec", *AT,
        "--trust-anchor", str(there.anchor), "--root-hints", str(there.folder / "root.hints"),
        DNSTRACE_TCP="1",
    )  # fmt: skip
    found = json.loads(ran.out)
    assert found["places"][0]["failure"] is None
    assert found["security"] in ("secure", "insecure")
    assert found["stats"]["tcp"] == found["stats"]["queries"] > 0
