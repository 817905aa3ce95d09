"""A real resolver beside the walk: Unbound, which looks up from the root of the small Internet."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dnstrace.cli.exits import Exit
from tests.interop.internet import LAYOUTS, Internet, internet
from tests.interop.namespace import hindrance
from tests.interop.servers import Setup, missing, start_resolver
from tests.render.validating import VALIDATOR

RESOLVER, NOBODY = "127.0.0.1", "127.0.0.3"
STRANGER = "127.0.0.9"  # may not ask
_STATUS = {"answer": Exit.ANSWER, "nodata": Exit.NEGATIVE, "nxdomain": Exit.NEGATIVE}
_UNTIL_OLDER = 100  # traces, of some tenths of a second each: a TTL counts down in seconds


@dataclass(frozen=True)
class Resolved:
    internet: Internet

    def __call__(self, *words: str, resolver: str = RESOLVER) -> dict[str, Any]:
        """What `--resolver` says, the document whole, with the one resolver as `resolver`."""
        command = [sys.executable, "-c", "from dnstrace.cli import main; main()", "--json"]
        command += ["--root-hints", str(self.internet.hints), f"--resolver={resolver}", *words]
        ran = subprocess.run(
            self.internet.namespace.inside(command), capture_output=True, text=True, check=False
        )
        found: dict[str, Any] = json.loads(ran.stdout)
        VALIDATOR.validate(found)
        (found["resolver"],) = found["resolvers"]
        failed = found["resolver"]["difference"] in ("refuses", "no-answer")
        assert ran.returncode == (Exit.FINDINGS if failed else _STATUS[found["outcome"]]), ran.stderr
        return found


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolved]:
    absent = [*missing(), *(["unbound"] if shutil.which("unbound") is None else [])]
    if (why := hindrance() or (f"not installed: {', '.join(absent)}" if absent else None)) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    directory = tmp_path_factory.mktemp("resolvers")
    with internet(LAYOUTS[0], directory) as running, ExitStack() as stack:
        setup = Setup("unbound", directory / "unbound", (RESOLVER,), (), _unbound(running.hints))
        start_resolver(running.namespace, setup, stack)
        yield Resolved(running)


def _unbound(hints: Path) -> Any:
    def command(setup: Setup) -> list[str]:
        text = f"""
server:
    interface: {RESOLVER}
    access-control: 127.0.0.0/8 allow
    access-control: {STRANGER}/32 refuse
    directory: "{setup.directory}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    do-daemonize: no
    do-ip6: no
    root-hints: "{hints}"
    module-config: "iterator"
    local-zone: "any.wild.example.com." always_nxdomain
    local-zone: "other.wild.example.com." redirect
    local-data: "other.wild.example.com. 60 A 10.1.2.3"
remote-control:
    control-enable: no
"""
        return ["unbound", "-d", "-p", "-c", str(setup.write("unbound.conf", text))]

    return command


@pytest.mark.parametrize("name", ["www.example.com", "alias.example.com", "host.old.example.com",
                                  "none.example.com", "between.example.com"])  # fmt: skip
def test_what_it_looks_up_is_the_same(ask: Resolved, name: str) -> None:
    found = ask(name)
    seen = found["resolver"]
    assert (seen["difference"], seen["outcome"]) == ("same", found["outcome"])
    assert 0 <= seen["ttl"] <= seen["authoritative_ttl"]


def test_a_large_answer_comes_over_tcp(ask: Resolved) -> None:
    found = ask("many.example.com", "TXT")
    attempts = found["steps"][found["resolver"]["step"] - 1]["attempts"]
    assert [attempt["transport"] for attempt in attempts] == ["udp", "tcp"]
    assert found["resolver"]["difference"] == "same"


def test_the_ttl_counts_down(ask: Resolved) -> None:
    for _ in range(_UNTIL_OLDER):
        seen = ask("www.example.com")["resolver"]
        if seen["age"]:
            break
    assert (seen["ttl"], seen["authoritative_ttl"]) == (300 - seen["age"], 300)
    assert (seen["difference"], seen["age"] > 0) == ("same", True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("any.wild.example.com", "filtered"), ("other.wild.example.com", "split-horizon")],
)
def test_what_it_is_told_to_say_is_not_what_the_zone_says(ask: Resolved, name: str, expected: str) -> None:
    assert ask(name)["resolver"]["difference"] == expected


def test_where_it_is_no_resolver_for_us(ask: Resolved) -> None:
    found = ask("www.example.com", "-b", STRANGER)
    assert (found["outcome"], found["resolver"]["difference"]) == ("answer", "refuses")
    assert ask("www.example.com", resolver=NOBODY)["resolver"]["difference"] == "no-answer"
