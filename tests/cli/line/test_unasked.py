"""Resolvers that are not asked because of the address family, and are said to be left out."""

from __future__ import annotations

import pytest

from dnstrace.cli.line import resolvers
from dnstrace.cli.line.resolvers import SystemResolvers
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.line.unasked import unasked
from dnstrace.model.asked import Resolver
from tests.cli.running import run


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ("--lab resolver-stale", ""),
        ("--lab resolver-stale -4", ""),
        (
            "--lab resolver-stale -6",
            "resolvers 192.0.2.153 and 198.51.100.153 are not asked: -6 asks over IPv6 only",
        ),
        ("--lab resolver-same -4", "resolver 2001:db8:9::53 is not asked: -4 asks over IPv4 only"),
        ("--lab resolver-same -6 --resolver 2001:db8:9::53", ""),
        ("--lab -6", ""),
        ("--lab list -6", ""),
    ],
)
def test_resolvers_of_the_world_are_not_left_out_in_silence(words: str, remark: str) -> None:
    assert unasked(parse(words.split())) == remark
    if "list" not in words:
        assert run(*words.split(), "--json").err == (f"dnstrace: {remark}\n" if remark else "")


def test_nor_are_those_of_the_system(monkeypatch: pytest.MonkeyPatch, asked: list[object]) -> None:
    both = SystemResolvers((Resolver("192.0.2.53"), Resolver("2001:db8::53")))
    monkeypatch.setattr(resolvers, "system_resolvers", lambda: both)
    said = "resolver 192.0.2.53 is not asked: -6 asks over IPv6 only"
    assert said in run("x.test", "-6", "--resolver=system").err
    assert said not in run("x.test", "--resolver=system").err
