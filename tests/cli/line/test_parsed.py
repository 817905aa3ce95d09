from __future__ import annotations

from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.options import BY_NAME
from dnstrace.cli.line.parsed import Parsed

JSON, JSONL, TCP, TYPE, NAME, REVERSE = (
    BY_NAME[name] for name in ("json", "jsonl", "tcp", "type", "name", "reverse")
)


def test_of_one_key_all_that_was_typed_is_said() -> None:
    parsed = Parsed()
    parsed.file(JSON, Output.JSON, "--json")
    parsed.file(JSONL, Output.JSONL, "+jsonl")
    assert (parsed.settings, set(parsed.said)) == ({"output": Output.JSONL}, {"json", "jsonl"})
    parsed.take_back(JSONL, "--no-jsonl")
    assert (parsed.settings, set(parsed.said)) == ({"output": Output.JSON}, {"json"})
    parsed.take_back(JSON, "--no-json")
    assert (parsed.settings, parsed.said) == ({}, {})


def test_of_one_key_the_last_variable_counts() -> None:
    parsed = Parsed("variable")
    parsed.file(JSON, Output.JSON, "--json")
    parsed.file(JSONL, Output.JSONL, "+jsonl")
    assert (parsed.settings, parsed.said) == ({"output": Output.JSONL}, {"jsonl": "+jsonl"})
    parsed.take_back(JSON, "--no-json")
    assert parsed.settings == {"output": Output.JSONL}
    parsed.take_back(JSONL, "--no-jsonl")
    assert (parsed.settings, parsed.said) == ({}, {})
    assert parsed.undone == {"json": "--no-json", "jsonl": "--no-jsonl"}


def test_what_was_taken_back_can_be_set_again() -> None:
    parsed = Parsed()
    parsed.take_back(TCP, "--no-tcp")
    parsed.file(TCP, True, "--tcp")
    assert parsed.said == {"tcp": "--tcp"} and not parsed.undone


def test_a_repeatable_option_collects() -> None:
    parsed = Parsed()
    for number in (1, 28):
        parsed.file(TYPE, number, "-t")
    parsed.file(NAME, "a", "'a'")
    parsed.file(REVERSE, "b", "-x")
    assert parsed.settings == {"type": [1, 28], "subject": ["a", "b"]}
    assert [(option.name, value) for option, value in parsed.each()] == [
        ("type", 1),
        ("type", 28),
        ("name", "a"),
        ("name", "b"),
    ]


def test_the_first_thing_to_do_instead_counts() -> None:
    parsed = Parsed()
    parsed.file(BY_NAME["help"], True, "-h")
    parsed.file(BY_NAME["show-completion"], "zsh", "--show-completion")
    assert parsed.about == ("help", "") and not parsed.said


def test_a_copy_is_changed_on_its_own() -> None:
    parsed = Parsed()
    parsed.file(TYPE, 1, "A")
    copy = parsed.copied()
    copy.file(TYPE, 28, "DNSTRACE_TYPE", "variable")
    copy.take_back(TCP, "--no-tcp")
    copy.servers.append("192.0.2.1")
    assert parsed.settings == {"type": [1]} and not parsed.undone and not parsed.servers
    assert parsed.of_words("type") and not copy.of_words("type")
