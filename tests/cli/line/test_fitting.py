"""What excludes and needs what, as it is typed."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.options import BY_LETTER, BY_NAME, EXCLUSIONS, IMPLIED, OPTIONS, SECURITY, WORLD
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from tests.cli.line.values_of_options import typed
from tests.cli.running import run

PAIRS = [
    (first, second)
    for name, others in EXCLUSIONS.items()
    for other in others
    for first in [name, *(each for each in IMPLIED if name in IMPLIED[each] and each != SECURITY)]
    for second in [other, *(each for each in IMPLIED if other in IMPLIED[each] and each != SECURITY)]
    if first != SECURITY
]


def refused(line: str) -> str:
    with pytest.raises(Usage) as error:
        choose(parse(shlex.split(line)), {})
    assert str(error.value).isprintable()
    return str(error.value)


@pytest.mark.parametrize("pair", dict.fromkeys(PAIRS), ids=" ".join)
def test_two_that_exclude_each_other_are_named_as_typed(
    pair: tuple[str, str], values: dict[str, str], asked: list[Any]
) -> None:
    words = [typed(name, values) for name in pair]
    name = [] if "file" in pair else ["www.example.com"]
    for first, second in (words, words[::-1]):
        ran = run(first, second, *name)
        assert (ran.status, ran.out, asked) == (2, "", [])
        assert ran.err.count("\n") == 1 and ran.err[:-1].isprintable()
        names = f"{first.partition('=')[0]} and {second.partition('=')[0]}"
        assert ran.err.startswith(f"dnstrace: {names} exclude each other: ")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("x -4 -6", "-4 and -6"),
        ("x --ipv6 -4", "--ipv6 and -4"),
        ("x +noedns +nsid", "+noedns and +nsid"),
        ("x --check --no-edns", "--check and --no-edns"),
        ("x +check +noedns", "+check and +noedns"),
        ("x --parent-only --ds example.com='1 13 2 " + "00" * 32 + "'", "--parent-only and --ds"),
        ("x --no-dnssec --expect security=secure", "--no-dnssec and --expect security=secure"),
        ("-f names --json", "-f and --json"),
        ("-f names www.example.com", "-f and 'www.example.com'"),
        ("-f names -x 192.0.2.1", "-f and -x"),
        ("-f names --svg map", "-f and --svg"),
        ("x --replay r --lab", "--replay and --lab"),
        ("x --lab --replay r +http", "--lab and --replay"),
        ("x --diff old --watch 5", "--diff and --watch"),
    ],
)
def test_a_message_names_what_was_typed(line: str, names: str) -> None:
    said = refused(line)
    assert said.startswith(f"{names} exclude each other: ")
    assert "--dnssec" not in said or "--dnssec" in line


def test_the_reason_is_of_the_two_that_were_typed() -> None:
    assert refused("x +noedns --bufsize 900").endswith(": --bufsize is part of EDNS")
    assert refused("-f names +json").endswith(": +json prints one question; use --jsonl or --short")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x --concurrency 50", "--concurrency needs -f: "),
        ("x -o out", "-o needs -f: "),
        ("x +ordered", "+ordered needs -f: "),
        ("-f names --resume --jsonl", "--resume needs -o: "),
        ("-f names --resume -o out", "--resume needs --jsonl: "),
        ("x --at @0", "--at needs --dnssec: "),
        ("--lab --at @0", "--at needs --dnssec: "),
        ("x --drop 192.0.2.1", "--drop needs --replay or --lab: "),
    ],
)
def test_what_an_option_needs_is_named(line: str, said: str) -> None:
    assert refused(line).startswith(said)


@pytest.mark.parametrize(
    "line",
    [
        "x --check --no-dnssec",
        "x --no-dnssec --ds example.com='1 13 2 " + "00" * 32 + "' --parent-only",
        "x --at @0 --check",
        "x --at @0 --expect security=secure",
        "--lab dnssec-good --at @0",
        "x --no-edns --edns --nsid",
    ],
)
def test_what_goes_together(line: str) -> None:
    choose(parse(shlex.split(line)), {})


def test_no_dnssec_beats_what_is_implied() -> None:
    def validates(line: str) -> bool | None:
        return choose(parse(shlex.split(line)), {}).dnssec

    assert validates("x") is None
    assert [validates(f"x {words}") for words in ("--dnssec", "--check", "--expect security=secure")] == [
        True
    ] * 3
    assert validates("x --check --no-dnssec") is False
    assert validates("x --no-dnssec --check") is False
    assert validates("x --no-dnssec --dnssec --check") is True
    assert run("--lab", "dnssec-expired", "--no-dnssec", "--short").out == "192.0.2.44\n"
    assert run("--lab", "dnssec-expired", "--short").status == 4


def test_every_name_in_the_table_is_known() -> None:
    opposites = {each.opposite for each in OPTIONS if each.opposite}
    known = {*BY_NAME, *opposites, SECURITY, WORLD}
    named = {other for each in OPTIONS for others, _ in each.excludes for other in others}
    named |= {other for each in OPTIONS for others, _ in each.needs for other in others}
    named |= {other for each in OPTIONS for other in each.implies}
    assert named <= known and BY_LETTER["4"].name in EXCLUSIONS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-4 @2001:db8::1 x", "@2001:db8::1 is an IPv6 address, but -4 asks over IPv4 only"),
        ("+ipv6 @192.0.2.1 x", "@192.0.2.1 is an IPv4 address, but +ipv6 asks over IPv6 only"),
        (
            "-b 192.0.2.1 --resolver ::1 x",
            "--resolver ::1 is an IPv6 address, but -b 192.0.2.1 asks over IPv4 only",
        ),
        ("--save f a. b.", "--save keeps one trace, and these are 2: give one name and type at a time"),
        (
            "--watch 5 a. A MX",
            "--watch follows one question, and these are 2: give one name and type at a time",
        ),
        ("+json a. b.", "+json prints one question, and these are 2: use --jsonl, one object per line"),
    ],
)
def test_values_that_do_not_go_together(line: str, said: str) -> None:
    assert refused(line) == said
