"""The installed command against BIND, NSD, Knot and PowerDNS, each of them once in every role."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.interop.internet import LAYOUTS, MANY_STRINGS, Internet, internet
from tests.interop.namespace import hindrance
from tests.interop.servers import missing
from tests.render.validating import VALIDATOR
from tests.saving import as_of_now

Run = subprocess.CompletedProcess[str]

TO_COM = (".", "com.")
TO_EXAMPLE = (".", "com.", "example.com.")
ACROSS = (*TO_EXAMPLE, ".", "net.", "example.net.")


@dataclass(frozen=True)
class Case:
    """What is asked, and what must come of it. `answer` holds (name, type, RDATA)."""

    arguments: str
    outcome: str
    zones: tuple[str, ...]
    answer: frozenset[tuple[str, str, str]] = frozenset()
    tcp: int = 0
    address: Callable[[str], bool] = bool


def records(*texts: str) -> frozenset[tuple[str, str, str]]:
    fields = (text.split(maxsplit=2) for text in texts)
    return frozenset((name, rdtype, rdata) for name, rdtype, rdata in fields)


CASES = {
    "answer": Case("www.example.com", "answer", TO_EXAMPLE, records("www.example.com. A 192.0.2.44")),
    "ipv4": Case(
        "-4 www.example.com",
        "answer",
        TO_EXAMPLE,
        records("www.example.com. A 192.0.2.44"),
        address=lambda address: ":" not in address,
    ),
    "ipv6": Case(
        "-6 www.example.com",
        "answer",
        TO_EXAMPLE,
        records("www.example.com. A 192.0.2.44"),
        address=lambda address: ":" in address,
    ),
    "tld": Case("com NS", "answer", TO_COM, records("com. NS a.gtld-servers.net.")),
    "root": Case(". NS", "answer", (".",), records(". NS a.root-servers.net.")),
    "ds-at-the-parent": Case("example.com DS", "nodata", TO_COM),
    "nodata": Case("www.example.com MX", "nodata", TO_EXAMPLE),
    "nxdomain": Case("nowhere.example.com", "nxdomain", TO_EXAMPLE),
    "nxdomain-of-the-root": Case("www.nowhere", "nxdomain", (".",)),
    "empty-non-terminal": Case("between.example.com", "nodata", TO_EXAMPLE),
    "wildcard": Case(
        "any.wild.example.com", "answer", TO_EXAMPLE, records("any.wild.example.com. A 192.0.2.45")
    ),
    "cname": Case(
        "alias.example.com",
        "answer",
        ACROSS,
        records("alias.example.com. CNAME web.example.net.", "web.example.net. A 192.0.2.47"),
    ),
    "dname": Case(
        "host.old.example.com",
        "answer",
        ACROSS,
        records(
            "old.example.com. DNAME new.example.net.",
            "host.old.example.com. CNAME host.new.example.net.",
            "host.new.example.net. A 192.0.2.48",
        ),
    ),
    "dname-nxdomain": Case(
        "gone.old.example.com",
        "nxdomain",
        ACROSS,
        records(
            "old.example.com. DNAME new.example.net.", "gone.old.example.com. CNAME gone.new.example.net."
        ),
    ),
    "tcp": Case(
        "many.example.com TXT",
        "answer",
        TO_EXAMPLE,
        records(*(f'many.example.com. TXT "{string}"' for string in MANY_STRINGS)),
        tcp=1,
    ),
}
TREE = "tree"
SAVED = {
    "saved": "www.example.com",
    "saved-alias": "alias.example.com -a",
    "saved-over-tcp": "many.example.com TXT",
    "saved-checked": "www.example.com --check",
}


@pytest.fixture(scope="module")
def able() -> None:
    """Skips where the servers cannot run; under CI that is a failure."""
    absent = missing()
    why = hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)
    if why is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda layout: "-".join(layout.values()))
def runs(
    request: pytest.FixtureRequest, able: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Run]]]:
    """What the command gave in each case, on one layout; what is saved, if it is in this run's share."""
    here = [
        each for each in request.session.items if each.path == request.path and "saved_again" in each.name
    ]
    given = [each.callspec.params for each in here]  # type: ignore[attr-defined]
    wanted = {each["name"] for each in given if each["runs"] is request.param}
    with internet(request.param, tmp_path_factory.mktemp("internet")) as net, ThreadPoolExecutor(4) as pool:
        yield {
            TREE: pool.submit(dnstrace, net, "www.example.com"),
            **{
                name: pool.submit(dnstrace, net, "--json", *case.arguments.split())
                for name, case in CASES.items()
            },
            **{
                name: pool.submit(saved_twice, net, tmp_path_factory.mktemp(name), *words.split())
                for name, words in SAVED.items()
                if name in wanted
            },
        }


def dnstrace(net: Internet, *arguments: str) -> Run:
    beside_python = Path(sys.executable).parent / "dnstrace"
    command = str(beside_python) if beside_python.exists() else shutil.which("dnstrace") or "dnstrace"
    return subprocess.run(
        net.namespace.inside([command, "--root-hints", str(net.hints), *arguments]),
        capture_output=True,
        text=True,
        check=False,
    )


def saved_twice(net: Internet, directory: Path, *arguments: str) -> Run:
    """Save a trace, and what replaying it gives; fails unless that is the same."""
    first, second = directory / "first", directory / "second"
    before = dnstrace(net, *arguments, "--save", str(first))
    after = dnstrace(net, "--replay", str(first), "--save", str(second))
    assert second.read_bytes() == first.read_bytes()
    assert (after.returncode, as_of_now(after.stdout)) == (before.returncode, before.stdout)
    return after


@pytest.mark.share(5)  # another one for each of four layouts
@pytest.mark.parametrize("name", SAVED)
def test_saved_replayed_and_saved_again_is_the_same(runs: dict[str, Future[Run]], name: str) -> None:
    run = runs[name].result()
    assert "192.0.2." in run.stdout or "TXT" in run.stdout
    assert "not in the record" not in run.stdout


@pytest.mark.parametrize("name", CASES)
def test_json(runs: dict[str, Future[Run]], name: str) -> None:
    case, run = CASES[name], runs[name].result()
    assert run.returncode == (0 if case.outcome == "answer" else 1), run.stderr + run.stdout
    document = json.loads(run.stdout)
    VALIDATOR.validate(document)
    assert document["outcome"] == case.outcome
    assert document["rcode"] == ("NXDOMAIN" if case.outcome == "nxdomain" else "NOERROR")
    assert zones(document) == case.zones
    assert answer(document) == case.answer
    assert document["stats"]["tcp"] == case.tcp
    asked = [attempt["address"] for step in document["steps"] for attempt in step["attempts"]]
    assert all(map(case.address, asked))


def test_a_name_server_without_glue_is_looked_up(runs: dict[str, Future[Run]]) -> None:
    document = json.loads(runs["cname"].result().stdout)
    looked_up = {step["question"]["name"] for step in document["steps"] if step["purpose"] == "ns-address"}
    assert looked_up == {"ns.example.com."}


def test_no_server_is_found_at_fault(runs: dict[str, Future[Run]]) -> None:
    good = {"referral", "answer", "alias", "nodata", "nxdomain", "truncated", "abandoned"}  # a slow one
    for name in CASES:
        document = json.loads(runs[name].result().stdout)
        assert {a["meaning"] for step in document["steps"] for a in step["attempts"]} <= good, name


def test_the_tree_shows_the_way_down(runs: dict[str, Future[Run]]) -> None:
    run = runs[TREE].result()
    assert (run.returncode, run.stderr) == (0, "")
    places = [run.stdout.index(text) for text in ("a.root-servers.net.", "a.gtld-servers.net.", "192.0.2.44")]
    assert places == sorted(places)


def zones(document: dict[str, Any]) -> tuple[str, ...]:
    """The zones whose servers were asked on the way, look-ups of name servers left out."""
    return tuple(step["zone"] for step in document["steps"] if step["purpose"] in ("walk", "alias"))


def answer(document: dict[str, Any]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (rrset["name"], rrset["type"], rdata) for rrset in document["answer"] for rdata in rrset["rdata"]
    )
