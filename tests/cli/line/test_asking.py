from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.cli.line.asking import limits_of, settings_of
from dnstrace.cli.line.syntax import parse
from dnstrace.model import Edns, Settings
from dnstrace.model.limits import ALL_SERVERS, Limits
from dnstrace.walk.fallback import CLIENT_COOKIE, COOKIE


def settings(line: str) -> Settings:
    return settings_of(parse(line.split()))


def test_what_is_not_set_is_as_it_is_by_default() -> None:
    assert settings("x") == Settings()
    assert limits_of({}, Settings()) == Limits()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-p 54 --tcp --tries 3", Settings(port=54, tcp=True, tries=3)),
        ("--prime --qmin --timeout 1", Settings(prime=True, qmin=True, timeout=1.0)),
        ("-4 -b 192.0.2.1", Settings(families=frozenset({4}), bind="192.0.2.1")),
        ("--all-servers", Settings(all_servers=True)),
        ("--check", Settings(all_servers=True, probe=True)),
        ("--adot", Settings(adot=True)),
        ("--no-edns", Settings(edns=None)),
        ("--nsid --bufsize 900", Settings(edns=Edns(payload=900, options=((3, b""),)))),
        ("--subnet 0", Settings(edns=Edns(options=((8, b"\0\1\0\0"),)))),
    ],
)
def test_settings(line: str, expected: Settings) -> None:
    assert settings(line) == expected


def test_each_run_has_a_cookie_of_its_own() -> None:
    first, second = settings("--cookie").edns, settings("--cookie").edns
    assert first is not None and first != second
    ((code, cookie),) = first.options
    assert (code, len(cookie)) == (COOKIE, CLIENT_COOKIE)


def test_the_bounds_suit_the_settings_where_they_are_not_set() -> None:
    given = parse(["-a", "--max-queries", "5"]).settings
    assert limits_of(given, Settings(all_servers=True)) == replace(ALL_SERVERS, max_queries=5)
    assert limits_of({"deadline": 9.0}, Settings()) == Limits(deadline=9.0)
