from __future__ import annotations

import pytest

from dnstrace.analysis.expectations import WORDS
from dnstrace.cli.about.rules import Rule, rules, sentences, words_of
from dnstrace.cli.line.options import BY_NAME, OPTIONS, Option
from tests.cli.running import run


def _each(rule: Rule) -> list[str]:
    return rule.holds.split("; ")


def test_every_exclusion_and_every_need_is_said_once() -> None:
    told = [
        (option, holds) for rule in rules() for option in rule.options for holds in rule.holds.split("; ")
    ]
    assert len(told) == len(set(told))
    assert ("-4", "not with -6") in told and ("-6", "not with -4") not in told
    assert ("--check", "not with --parent-only") in told and ("--ds", "not with --parent-only") in told
    assert ("--drop", "only with --replay or --lab") in told
    assert ("--at", "only with --dnssec") in told
    for option in OPTIONS:
        assert bool(option.needs) is any(
            each == option.typed[0] and holds.startswith("only with") for each, holds in told
        )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ipv6", ["Not with -4."]),
        ("tcp", []),
        ("check", ["Not with --no-edns or --parent-only.", "Implies --dnssec unless --no-dnssec is given."]),
        ("trust-anchor", ["Not with --no-edns, --parent-only or --no-dnssec.", "Implies --dnssec."]),
        ("drop", ["Only with --replay or --lab."]),
        ("resume", ["Not with --html or --only-bad.", "Only with -f, -o and --jsonl."]),
    ],
)
def test_what_is_said_of_one_option(name: str, said: list[str]) -> None:
    assert list(sentences(BY_NAME[name])) == said


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_word_that_an_option_takes_is_in_its_help_or_listed(option: Option) -> None:
    words = (*option.choices, *(WORDS if option.name == "expect" else ()))
    assert not [word for word in words if word not in f"{option.help} {words_of(option)}"]
    assert not words_of(option) or words_of(option) in " ".join(run("--help", COLUMNS="200").out.split())
