from __future__ import annotations

from typing import Any

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.merging import merged
from dnstrace.cli.line.options import OPTIONS
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import Usage
from tests.cli.running import run


def settings(line: str, **variables: str) -> dict[str, Any]:
    """What is set in the end but for the name, which is x everywhere."""
    found = merged(parse(line.split()), of_environment(variables)).settings
    return {key: value for key, value in found.items() if key != "subject"}


def test_variables_set_what_the_command_line_does_not() -> None:
    variables = {
        "DNSTRACE_TIMEOUT": "3",
        "DNSTRACE_TCP": "yes",
        "DNSTRACE_JSON": "1",
        "DNSTRACE_NO_EDNS": "0",
    }
    assert settings("x", **variables) == {"timeout": 3.0, "tcp": True, "output": Output.JSON}
    assert settings("x --timeout 4 --short", **variables) == {
        "timeout": 4.0,
        "tcp": True,
        "output": Output.SHORT,
    }
    assert settings("x --no-tcp --no-json", **variables) == {"timeout": 3.0}
    assert settings("x --no-short", **variables)["output"] is Output.JSON


def test_a_variable_of_a_repeatable_option_holds_words() -> None:
    assert settings("x", DNSTRACE_TYPE="A AAAA") == {"type": [1, 28]}
    assert settings("x MX", DNSTRACE_TYPE="A AAAA") == {"type": [15]}


def test_what_is_set_is_called_by_its_variable() -> None:
    found = of_environment({"DNSTRACE_NO_EDNS": "on", "DNSTRACE_TCP": "off"})
    assert found.said == {"no-edns": "DNSTRACE_NO_EDNS"} and found.undone == {"tcp": "DNSTRACE_TCP"}
    assert set(found.origins.values()) == {"variable"}


def test_an_empty_variable_sets_nothing() -> None:
    assert settings("x", **{each.variable: " " for each in OPTIONS if each.variable}) == {}


def test_variables_do_not_stand_in_the_way_of_the_help() -> None:
    assert run("--version", DNSTRACE_PORT="nonsense").status == 0


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("DNSTRACE_PORT", "0", "DNSTRACE_PORT: must be a whole number from 1 to 65535, not '0'"),
        ("DNSTRACE_TCP", "maybe", "DNSTRACE_TCP must be 1 or 0, not 'maybe'"),
        ("DNSTRACE_TYPE", "A MXX", "DNSTRACE_TYPE: 'MXX' is not a record type"),
        ("DNSTRACE_READER", "fast", "DNSTRACE_READER must be dnspython or empty, not 'fast'"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, why: str) -> None:
    with pytest.raises(Usage) as error:
        choose(parse(["x"]), {variable: value})
    assert str(error.value).startswith(why)
