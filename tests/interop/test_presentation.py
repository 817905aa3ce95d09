"""Records of every type that BIND's zone files can hold, printed as `dig +nosplit` prints them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.namespace import Namespace, hindrance
from tests.interop.servers import COMMANDS, Setup, serve

ZONE = Path(__file__).parent / "types.zone"
SERVER = "198.51.100.1"
Question = tuple[str, str]
CHECKS = "check-names ignore; check-mx ignore; check-integrity no;"


def _questions() -> list[Question]:
    """Owner and type of what the zone has, in order, without what is at its apex."""
    words = (line.split() for line in ZONE.read_text().splitlines()[4:])
    return list(dict.fromkeys((f"{owner}.types.", rdtype) for owner, rdtype, *_ in words if rdtype != "NS"))


def _named(setup: Setup) -> list[str]:
    """A BIND that does not mind what the names in the zone are for."""
    started = COMMANDS["named"](setup)
    file = setup.directory / "named.conf"
    file.write_text(file.read_text().replace("type master;", f"type master; {CHECKS}"))
    return started


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Namespace]:
    absent = [program for program in ("named", "dig") if shutil.which(program) is None]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    directory = tmp_path_factory.mktemp("types") / "named"
    with ExitStack() as stack:
        namespace = stack.enter_context(Namespace((SERVER,)))
        serve(namespace, [Setup("named", directory, (SERVER,), (("types.", ZONE),), _named)], stack)
        yield namespace


def _by_dig(net: Namespace, asked: list[Question]) -> dict[Question, list[str]]:
    lines = "".join(f"{name} {rdtype}\n" for name, rdtype in asked)
    command = ["dig", "-f", "-", f"@{SERVER}", "+norecurse", "+noall", "+answer", "+nosplit", "+ttlid"]
    done = subprocess.run(net.inside(command), input=lines, capture_output=True, text=True, check=True)
    found: dict[Question, list[str]] = defaultdict(list)
    for line in done.stdout.splitlines():
        name, _, _, rdtype, *rdata = line.split(maxsplit=4)
        found[name, rdtype] += rdata or [""]
    return found


def _by_us(net: Namespace, asked: list[Question]) -> dict[Question, list[str]]:
    lines = "".join(f"{name} {rdtype}\n" for name, rdtype in asked)
    command = [
        sys.executable,
        "-c",
        "from dnstrace.cli import main; main()",
        "--jsonl",
        "-f",
        "-",
        f"@{SERVER}",
    ]
    done = subprocess.run(net.inside(command), input=lines, capture_output=True, text=True, check=False)
    found: dict[Question, list[str]] = defaultdict(list)
    for document in map(json.loads, done.stdout.splitlines()):
        question = document["question"]
        for rrset in document["answer"]:
            if rrset["type"] == question["type"]:
                found[question["name"], question["type"]] += rrset["rdata"]
    return found


def test_rdata_of_every_type_is_printed_as_dig_prints_it(net: Namespace) -> None:
    asked = _questions()
    ours, theirs = _by_us(net, asked), _by_dig(net, asked)
    assert len(theirs) == len(asked) > 140
    differing = {each: (sorted(ours[each]), sorted(theirs[each])) for each in asked}
    assert {each: pair for each, pair in differing.items() if pair[0] != pair[1]} == {}
