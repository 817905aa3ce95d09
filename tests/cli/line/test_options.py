from __future__ import annotations

from collections import Counter

import pytest

from dnstrace.cli.line.options import BY_PLUS, OPTIONS, Group, Option


def test_no_name_letter_or_word_means_two_things() -> None:
    names = [each.name for each in OPTIONS] + [each.opposite for each in OPTIONS if each.opposite]
    letters = [letter for each in OPTIONS for letter in each.short]
    words = [word for each in OPTIONS for word in each.plus or {}]
    for said in (names, letters, [*words, *names]):
        assert [each for each, count in Counter(said).items() if count > 1] == []


def test_the_words_of_dig_lead_to_their_options() -> None:
    assert {word: option.name for word, (option, _) in BY_PLUS.items()} == {
        "vc": "tcp",
        "time": "timeout",
        "retry": "tries",
    }


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_has_a_line_of_help_and_a_variable_if_it_sets_anything(option: Option) -> None:
    assert option.help
    assert not option.help.endswith(".")
    sets = not option.only_typed and (option.group is not Group.ABOUT or option.name == "no-config")
    assert bool(option.variable) is sets
    if option.variable:
        assert option.variable == f"DNSTRACE_{option.name.upper().replace('-', '_')}"


def test_a_flag_has_an_opposite_and_a_value_has_none() -> None:
    opposites = {each.name: each.opposite for each in OPTIONS}
    assert (opposites["tcp"], opposites["no-edns"], opposites["port"], opposites["help"]) == (
        "no-tcp",
        "edns",
        "",
        "",
    )
