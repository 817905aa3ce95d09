"""`--check --dnssec -a` on sound zones of every kind, on BIND, NSD, Knot and PowerDNS: nothing is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop import servers
from tests.interop.checked import CheckedInternet
from tests.interop.namespace import hindrance
from tests.interop.sound import MULTI, OPT_OUT, PLAIN, PROGRAMS, SIGNED, sound_internet

NAMES = ("www", "", "alias", "a.wild", "none", "between")
"""An address, the apex, an alias, a wildcard, a name that does not exist, and one that is empty."""


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedInternet]:
    absent = [*servers.missing(), *(program for program in PROGRAMS if shutil.which(program) is None)]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    with sound_internet(tmp_path_factory.mktemp("sound")) as running:
        yield running


def checked(net: CheckedInternet, name: str, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "dnstrace", "--check", "--dnssec", "-a", "--json", name]
    means = ["--root-hints", str(net.hints), "--trust-anchor", str(net.anchor), "--seed", str(seed)]
    inside = net.namespace.inside([*command, *means])
    done = subprocess.run(inside, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.seeds(6)
@pytest.mark.parametrize("zone", [PLAIN, MULTI, *SIGNED])
def test_a_sound_zone_has_no_error_and_no_warning(net: CheckedInternet, zone: str, seed: int) -> None:
    for name in (f"{NAMES[seed]}.{zone}".lstrip("."), f"www.{zone}"):
        document = checked(net, name, seed)
        wrong = [finding for finding in document["findings"] if finding["level"] != "notice"]
        assert [(finding["code"], finding["message"]) for finding in wrong] == [], name
        expected = {"secure", "insecure"} if zone == OPT_OUT else {"secure"}
        assert document["security"] in (expected if zone != PLAIN else {"insecure"}), (
            name,
            document["reason"],
        )
        assert document["verdict"] is None
