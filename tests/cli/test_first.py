"""The first query that is sent before anything is imported is the one that the walk asks."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dnstrace
from dnstrace import api, clock
from dnstrace.cli.choosing import choose
from dnstrace.cli.environment import Environment
from dnstrace.cli.first import first_query, in_turn, octets, read, root_addresses
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.planning import planned
from dnstrace.message.wire import query_wire
from dnstrace.model import Exchange, Fault, Query, Transport
from dnstrace.model.structs import replace
from dnstrace.network import first
from dnstrace.walk.roots import root_hints
from tests.pythons import AT_HAND

PLAIN = [
    "www.example.com",
    "WWW.Example.COM. MX",
    "CAA _dmarc.a-b.x9.example",
    "a.b --json -v",
    "x.onion +short",
    "foo.local. -4",
    "a.xn--p1ai -6 --seed 7",
    "--seed=0 2.0.192.in-addr.arpa PTR",
    "a.example +trace --explain-steps --jsonl",
    f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 56}.test TXT",
]
OTHERS = [
    "", "example", "MX", "mx.", "a..b", ".a", "192.0.2.1", "a.example/", "a.example:53", "-x.example",
    f"{'a' * 64}.com", f"{'a.' * 127}toolong", "ex\u00e4mple.com", "a.example b.example", "a.example A MX",
    "a.example --json --short", "a.example -4 -6", "a.example --seed", "a.example --seed=x",
    "a.example --seed -4", "a.example --seed=\u0665", "a.example --seed 1 --seed 2", "a.example --nonsense",
    "a.example --lab", "a.example --check", "a.example --dnssec", "a.example --prime", "a.example --qmin",
    "a.example --tcp", "a.example --nsid", "a.example -p 5353", "a.example -a", "a.example --save x",
    "a.example --parent-only", "a.example --resolver system", "a.example --watch 5", "a.example @192.0.2.1",
    "a.example --root-hints x", "a.example --deadline 0", "a.example AXFR", "--replay x", "-f names",
    "a.example +tcp", "a.example --", "--help", "--version", "www.example.com --undelegated a.example=b",
]  # fmt: skip
WORDS = sorted({word for line in (*PLAIN, *OTHERS) for word in line.split()})


class Unreachable:
    """A network without a route to any address, which notes what it was to carry."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.queries.append(query)
        return Exchange(query, 0.0, 0.0, fault=Fault.NETWORK_UNREACHABLE)


def walked(words: list[str], seed: int) -> list[tuple[str, bytes]]:
    """What the walk asks by the usual reading of a line where there is no route, one query a family."""
    plan = planned(choose(parse(words), {}))
    assert plan.network is None and plan.tracing.seed in (None, seed)
    (question,), network = plan.questions, Unreachable()
    tracing = replace(plan.tracing, seed=seed)
    clock.run(api.trace_async(question.name, question.rdtype, tracing=tracing, network=network))
    assert {(each.port, each.transport) for each in network.queries} == {(53, Transport.UDP)}
    return [(each.address, query_wire(each, 0)[2:]) for each in network.queries]


class Sending:
    """In the place of `first.Sent`: notes what would be sent, and says that there is no route."""

    def __init__(self, address: str, port: int, wire: bytes) -> None:
        assert port == 53
        self.address, self.rest, self.error = address, wire[2:], OSError(errno.ENETUNREACH, "")


def begun(words: list[str], seed: int) -> list[tuple[str, bytes]] | None:
    """What is sent early, one query a family."""
    if (line := read(words)) is None:
        return None
    assert line.seed in (None, seed)
    turns = in_turn(root_addresses(line.families), seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first, "Sent", Sending)
        sent: Any = first.send(turns, octets(line.name, line.rdtype))
    return [(each.address, each.rest) for each in sent]


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_line_is_known(line: str) -> None:
    known = read(line.split())
    assert known is not None
    seed = 5 if known.seed is None else known.seed
    assert begun(line.split(), seed) == walked(line.split(), seed)


@given(st.lists(st.sampled_from(WORDS), max_size=5), st.integers(0, 2**32 - 1))
def test_what_is_known_of_a_line_is_what_the_usual_reading_says(words: list[str], seed: int) -> None:
    if (line := read(words)) is not None:
        seed = seed if line.seed is None else line.seed
        assert begun(words, seed) == walked(words, seed)


@pytest.mark.parametrize("line", OTHERS)
def test_nothing_is_known_of_any_other_line(line: str) -> None:
    assert read(line.split()) is None


@given(st.integers(0, 2**33), st.integers(1, 40))
def test_the_order_is_that_of_the_library(seed: int, count: int) -> None:
    addresses = [*map(str, range(count))]
    shuffled = [*addresses]
    Random(seed).shuffle(shuffled)
    assert in_turn(addresses, seed) == shuffled


def test_the_root_servers_are_those_of_the_walk() -> None:
    every = [address for server in root_hints().servers for address in server.addresses]
    assert root_addresses((4, 6)) == [each.text for each in every]
    assert root_addresses((6,)) == [each.text for each in every if each.family == 6]


def environment(out: Any = None, **variables: str) -> Environment:
    return Environment(out or io.StringIO(), io.StringIO(), variables)


def test_nothing_is_sent_where_something_else_has_a_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(first, "send", lambda *what: sent.extend(what) or what)  # type: ignore[func-returns-value]
    (tmp_path / "dnstrace").mkdir()
    assert first_query(["a.example"], environment(XDG_CONFIG_HOME=str(tmp_path))) is not None and sent
    sent.clear()
    (tmp_path / "dnstrace" / "config.toml").touch()
    closed = environment()
    closed.stdout = None
    for where in (environment(XDG_CONFIG_HOME=str(tmp_path)), environment(DNSTRACE_TCP="1"), closed):
        assert first_query(["a.example"], where) is None
    for line in OTHERS:
        assert first_query(line.split(), environment()) is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert first_query(["a.example"], environment()) is None and not sent


EXPENSIVE = {
    "asyncio", "dataclasses", "dns", "dnstrace.model", "enum", "importlib.metadata", "importlib.resources",
    "inspect", "logging", "random", "re", "rich", "socket", "ssl", "subprocess", "tempfile", "typing",
}  # fmt: skip
MOST_MODULES = 25


@pytest.mark.skipif(sys.platform != "linux", reason="it is sent early on Linux only")
@pytest.mark.parametrize("line", ["www.example.com", "a.example MX --json --seed 4 -4"])
@pytest.mark.parametrize("python", [sys.executable, *AT_HAND])
def test_next_to_nothing_is_imported_before_the_first_packet(python: str, line: str) -> None:
    code = (
        "import sys; before = set(sys.modules); import os; from dnstrace.network import first;"
        "first.send = lambda *what: (print(*set(sys.modules) - before), sys.stdout.flush(), os._exit(0));"
        "from dnstrace.cli import main; main()"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DNSTRACE_")}
    ran = subprocess.run(
        [python, "-S", "-c", code, *line.split()],
        env=kept | {"XDG_CONFIG_HOME": "/nonexistent", "PYTHONPATH": str(Path(dnstrace.__path__[0]).parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(ran.stdout.split())
    assert "dnstrace.cli.first" in imported and not imported & EXPENSIVE
    assert len(imported) <= MOST_MODULES


PUT_OFF = {"importlib.metadata", "rich.console", "ssl", "subprocess", "typer"}


def test_the_tree_of_a_trace_needs_none_of_what_is_put_off() -> None:
    code = (
        "import os, sys; end = os._exit;"
        "os._exit = lambda status: (print(*(n for n, m in sys.modules.items() if hasattr(m, '__spec__') and"
        " m.__spec__ is not None), file=sys.stderr, flush=True), end(status));"
        "from dnstrace.cli import main; main()"
    )
    words = [sys.executable, "-c", code, "--lab"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    imported = set(ran.stderr.split())
    assert "dnstrace.render.tree" in imported and not imported & PUT_OFF
