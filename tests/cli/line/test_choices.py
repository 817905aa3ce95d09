from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.choices import Choices
from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.model import Edns, Settings
from dnstrace.model.limits import ALL_SERVERS, Limits


def chosen(line: str) -> Choices:
    return choose(parse(shlex.split(line)), {})


def questions(line: str) -> list[str]:
    return [str(question) for question in chosen(line).questions]


def refused(line: str) -> str:
    with pytest.raises(Usage) as error:
        chosen(line)
    assert str(error.value).isprintable()
    return str(error.value)


def test_with_a_name_alone_everything_else_is_the_default() -> None:
    found = chosen("www.example.com")
    assert questions("www.example.com") == ["www.example.com. A"]
    assert (found.settings, found.limits, found.shown.output) == (Settings(), Limits(), Output.TREE)
    assert (found.server, found.hints, found.lab, found.seed) == (None, None, None, None)
    assert (found.shown.verbose, found.shown.color) == (False, "auto")


def test_every_name_is_asked_with_every_type_once() -> None:
    assert questions("a. b. -x 192.0.2.1") == ["a. A", "b. A", "1.2.0.192.in-addr.arpa. PTR"]
    assert questions("a. b. NS MX ns") == ["a. NS", "a. MX", "b. NS", "b. MX"]
    assert questions("-x 192.0.2.1 NS") == ["1.2.0.192.in-addr.arpa. NS"]
    assert questions("a. A.") == ["a. A"]


def test_how_to_ask() -> None:
    found = chosen(
        "x -4 -p 54 --tcp --timeout 1 --tries 3 --prime --bufsize 4096 --nsid --deadline 9 --max-queries 5"
    )
    assert found.settings == Settings(
        families=frozenset({4}),
        port=54,
        tcp=True,
        edns=Edns(payload=4096, options=((3, b""),)),
        timeout=1.0,
        tries=3,
        prime=True,
    )
    assert found.limits == Limits(max_queries=5, deadline=9.0)
    assert chosen("x --no-edns").settings.edns is None


@pytest.mark.parametrize(
    ("line", "families"),
    [
        ("x", {4, 6}),
        ("x -4", {4}),
        ("x -6", {6}),
        ("x -b 192.0.2.1", {4}),
        ("x -b 2001:db8::1", {6}),
        ("x @::1", {4, 6}),
    ],
)
def test_families(line: str, families: set[int]) -> None:
    assert chosen(line).settings.families == families


def test_all_servers_widens_the_limits_that_are_not_given() -> None:
    found = chosen("x -a --max-queries 5")
    assert found.settings == Settings(all_servers=True)
    assert found.limits == replace(ALL_SERVERS, max_queries=5)
    assert chosen("x --all-servers --no-all-servers").limits == Limits()


def test_the_rest() -> None:
    found = chosen("x @192.0.2.53 --root-hints f --seed 7 -v --color always --jsonl --lab")
    assert (found.server, found.hints, found.seed, found.lab) == ("192.0.2.53", "f", 7, "")
    assert (found.shown.verbose, found.shown.color, found.shown.output) == (True, "always", Output.JSONL)


def test_in_the_lab_a_name_is_not_needed() -> None:
    assert chosen("--lab").questions == ()
    assert chosen("--lab --json").questions == ()
    assert [each.name for each in chosen("--lab MX").types] == ["MX"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "no name to trace: try `dnstrace www.example.com`"),
        ("--json", "no name to trace"),
        ("MX", "(MX is a type; to trace it as a name, write 'mx.')"),
        ("-4 -6 x", "-4 and -6 exclude each other"),
        ("-4 @2001:db8::1 x", "@2001:db8::1 is an IPv6 address, but -4 asks over IPv4 only"),
        ("-6 @192.0.2.1 x", "@192.0.2.1 is an IPv4 address, but -6 asks over IPv6 only"),
        ("-4 -b ::1 x", "-b ::1 is an IPv6 address, but -4 asks over IPv4 only"),
        ("-b 192.0.2.1 @::1 x", "@::1 is an IPv6 address, but -b 192.0.2.1 asks over IPv4 only"),
        ("--no-edns --nsid x", "--no-edns and --nsid exclude each other"),
        ("+noedns +bufsize=1232 x", "+noedns and +bufsize exclude each other"),
        ("--json a. b.", "--json prints one question, and these are 2: use --jsonl"),
        ("--json a. A AAAA", "--json prints one question, and these are 2: use --jsonl"),
        ("--lab --json A AAAA", "--json prints one question, and these are 2: use --jsonl"),
        ("--no-edns --expect security=secure x", "--no-edns and --expect security=secure exclude each other"),
        ("--dnssec --parent-only x", "--dnssec and --parent-only exclude each other"),
        (
            "--expect security=secure --parent-only x",
            "--expect security=secure and --parent-only exclude each",
        ),
        ("--parent-only", "no name to trace: try `dnstrace www.example.com`"),
        ("--expect sreial=1 x", "'sreial=1': unknown word 'sreial'; did you mean serial?"),
        ("x @192.0.2.1 @192.0.2.2", "give one @SERVER to start from: these are 2"),
    ],
)
def test_contradictions(line: str, why: str) -> None:
    assert why in refused(line)


def test_what_is_expected() -> None:
    found = chosen("x --expect ttl>=1,a=192.0.2.1 --expect=security=secure")
    assert [each.text for each in found.expected] == ["ttl>=1", "a=192.0.2.1", "security=secure"]
    assert found.dnssec and not chosen("x --expect ttl>=1").dnssec
