"""`--check` through the installed command, on BIND, NSD, Knot and PowerDNS: what is wrong, and no more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop import servers
from tests.interop.checked import (
    DEFECTS,
    FILTERED,
    KNOT_RESOLVER,
    PROGRAMS,
    UNBOUND,
    CheckedInternet,
    checked_internet,
)
from tests.interop.namespace import hindrance


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedInternet]:
    absent = [*servers.missing(), *(program for program in PROGRAMS if shutil.which(program) is None)]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    with checked_internet(tmp_path_factory.mktemp("checked")) as running:
        yield running


def checked(net: CheckedInternet, name: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the document of a check of `name`, which two resolvers are asked too."""
    command = [str(Path(sys.executable).with_name("dnstrace")), "--check", "--json", name]
    command += ["--resolver", UNBOUND, "--resolver", KNOT_RESOLVER]
    means = ["--root-hints", str(net.hints), "--trust-anchor", str(net.anchor)]
    done = subprocess.run(
        net.namespace.inside([*command, *means]), capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "security"),
    [("www.plain.com", "insecure"), ("www.signed.com", "secure"), ("signed.com", "secure")],
)
def test_nothing_is_wrong_with_a_healthy_zone(net: CheckedInternet, name: str, security: str) -> None:
    status, document = checked(net, name)
    assert document["findings"] == []
    assert document["security"] == security
    assert [resolver["difference"] for resolver in document["resolvers"]] == ["same", "same"]
    assert [resolver["ad"] for resolver in document["resolvers"]] == [security == "secure"] * 2
    assert status == (0 if document["outcome"] == "answer" else 1)


def test_every_defect_of_a_broken_zone_is_found_and_no_other(net: CheckedInternet) -> None:
    status, document = checked(net, "www.broken.com")
    of_the_zone = [finding for finding in document["findings"] if finding["zone"] is not None]
    assert {finding["code"] for finding in of_the_zone} == set(DEFECTS)
    assert {finding["zone"] for finding in of_the_zone} == {"broken.com."}
    of_resolvers = [finding["code"] for finding in document["findings"] if finding["zone"] is None]
    assert of_resolvers == ["resolver-fails", "resolver-fails"]
    unbound, knot = (resolver["difference"] for resolver in document["resolvers"])
    assert knot == "validation"
    assert unbound in ("validation", "no-answer")  # it tries the dead servers for longer than we wait
    assert status == 4  # a validating resolver gives no answer at all


def test_a_resolver_that_filters_is_told_from_the_zone(net: CheckedInternet) -> None:
    _, document = checked(net, FILTERED)
    assert [resolver["difference"] for resolver in document["resolvers"]] == ["same", "filtered"]
    (finding,) = document["findings"]
    assert finding["code"] == "resolver-differs" and KNOT_RESOLVER in finding["message"]
