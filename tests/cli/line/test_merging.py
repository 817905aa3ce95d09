"""What was typed, a record and the environment: which counts, and what is left out."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.cli.choosing import choose
from dnstrace.cli.line.choices import Choices
from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.merging import merged
from dnstrace.cli.line.options import BY_NAME, OPTIONS, Option
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.line.variables import of_environment
from dnstrace.cli.usage import Usage
from dnstrace.model import Settings
from tests.cli.configured import configure
from tests.cli.line.commands import COMMANDS
from tests.cli.line.values_of_options import VALUES
from tests.cli.running import run, run_with

SET = [option for option in OPTIONS if option.variable]


def text_of(option: Option, values: dict[str, str]) -> str:
    """A valid value for the variable of an option."""
    return values[option.name] if option.metavar else "1"


def written(option: Option, values: dict[str, str]) -> str:
    """A line of the configuration file that sets an option."""
    return f"{option.name} = {json.dumps(values[option.name]) if option.metavar else 'true'}\n"


def chosen(line: str, **variables: str) -> Choices:
    return choose(parse(shlex.split(line)), variables)


def names_set(line: str, **variables: str) -> set[str]:
    """The options that are set in the end."""
    return set(merged(parse(shlex.split(line)), of_environment(variables)).said) - {"name"}


@pytest.mark.share(2)
@pytest.mark.parametrize("kind", COMMANDS)
def test_no_variable_makes_a_command_fail(
    kind: str, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable with a valid value, beside each kind of command; what is done then is of no interest."""
    words = shlex.split(COMMANDS[kind].format(**values))
    monkeypatch.setattr("dnstrace.cli.command.run_choices", lambda choices, _: 0)
    for option in SET:
        ran = run_with({option.variable: text_of(option, values)}, *words)
        assert (ran.status, ran.err) == (0, ""), option.variable


@pytest.mark.parametrize("option", SET, ids=lambda option: option.variable)
def test_no_variable_makes_the_lab_or_a_replay_fail(
    option: Option, values: dict[str, str], tmp_path: Path
) -> None:
    """The same to the end of the run, which is where some of what does not fit would show."""
    text = text_of(option, values)
    text = str(tmp_path / Path(text).name) if text.rpartition("/")[2].startswith("new-") else text
    for words in (["--lab", "--short"], ["--replay", values["replay"]], ["--lab", "-f", values["file"]]):
        ran = run_with({option.variable: text}, *words, "--force")
        assert ran.status not in (2, 70) and "exclude" not in ran.err, (words, ran)


@pytest.mark.share(2)
@pytest.mark.parametrize("kind", COMMANDS)
def test_no_default_of_the_file_makes_a_command_fail(
    kind: str, values: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = shlex.split(COMMANDS[kind].format(**values))
    monkeypatch.setattr("dnstrace.cli.command.run_choices", lambda choices, _: 0)
    for option in SET:
        if not option.traces:
            ran = run(*words, XDG_CONFIG_HOME=configure(tmp_path, written(option, values)))
            assert (ran.status, ran.err) == (0, ""), option.name


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_variables_and_defaults_together_make_a_command_fail(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Several of them, which may not fit each other either: each one is left out or holds."""
    some = st.lists(st.sampled_from([o for o in SET if not o.metavar or o.name in VALUES]), max_size=6)
    options = data.draw(some)
    defaults = {each.name: each for each in data.draw(some) if not each.traces}
    text = "".join(written(option, VALUES) for option in defaults.values())
    line = data.draw(
        st.sampled_from([line for line in COMMANDS.values() if "{" not in line and "list" not in line])
    )
    variables = {option.variable: text_of(option, VALUES) for option in options}
    variables["XDG_CONFIG_HOME"] = configure(tmp_path_factory.getbasetemp() / "together", text)
    words = parse(shlex.split(line))
    if words.about is None:
        choose(words, variables)


def test_what_is_typed_and_fits_nothing_else_is_an_error_whatever_the_environment_says(
    values: dict[str, str],
) -> None:
    for option in SET:
        with pytest.raises(Usage, match="-4 and -6 exclude each other"):
            chosen("-4 -6 x", **{option.variable: text_of(option, values)})


# --- the defects that this replaces ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["concurrency", "workers", "rate", "no-share", "dask", "out", "resume", "ordered", "at", "drop"]
)
def test_a_variable_for_many_names_does_not_break_other_commands(name: str, values: dict[str, str]) -> None:
    variable = BY_NAME[name].variable
    ran = run_with({variable: text_of(BY_NAME[name], values)}, "--lab", "--short")
    assert ran.status == 0 and ran.out
    assert ran.err == "" or (name == "drop" and "--drop changed nothing" in ran.err)


@pytest.mark.parametrize(
    "name", ["expect", "http", "save", "replay", "pcap", "html", "svg", "diff", "watch", "json", "name"]
)
def test_a_variable_for_one_question_does_not_break_many(name: str, values: dict[str, str]) -> None:
    variable = BY_NAME[name].variable
    ran = run_with({variable: text_of(BY_NAME[name], values)}, "--lab", "-f", values["file"])
    assert ran.status == 0 and "192.0.2.44" in ran.out


def test_what_is_typed_replaces_variables_to_the_contrary() -> None:
    assert names_set("x -6", DNSTRACE_IPV4="1") == {"ipv6"}
    assert names_set("x --dnssec", DNSTRACE_NO_EDNS="1") == {"dnssec"}
    assert names_set("x --check", DNSTRACE_NO_EDNS="1") == {"check"}
    assert names_set("x --no-edns", DNSTRACE_DNSSEC="1", DNSTRACE_BUFSIZE="900") == {"no-edns"}
    assert names_set("x --parent-only", DNSTRACE_CHECK="1", DNSTRACE_RESOLVER="192.0.2.1") == {"parent-only"}
    assert names_set("x --check", DNSTRACE_PARENT_ONLY="1") == {"check"}
    assert names_set("-f x", DNSTRACE_JSON="1", DNSTRACE_OUT="y", DNSTRACE_NAME="z") == {"file", "out"}


def test_values_that_do_not_fit_are_left_out_too() -> None:
    assert chosen("x -4", DNSTRACE_BIND="::1").settings == Settings(families=frozenset({4}))
    assert chosen("x @::1", DNSTRACE_IPV4="1").settings == Settings()
    assert chosen("x -6", DNSTRACE_RESOLVER="192.0.2.1 ::1").resolvers[0].address == "::1"
    assert chosen("a. b.", DNSTRACE_JSON="1").shown.output is Output.TREE
    assert len(chosen("a. --json", DNSTRACE_TYPE="A MX").questions) == 1
    assert chosen("a. MX", DNSTRACE_EXPECT="a=192.0.2.1").expected == ()
    assert chosen("--lab", DNSTRACE_EXPECT="mx=10 a.").expected == ()
    assert chosen("--lab MX", DNSTRACE_EXPECT="mx=10 a.").expected != ()
    assert chosen("a. --expect a=192.0.2.1", DNSTRACE_TYPE="MX").types == ()
    assert chosen("a. --resolver 192.0.2.1", DNSTRACE_LAB="textbook").lab is None
    assert chosen("a. --resolver 10.0.0.53", DNSTRACE_LAB="resolver-split").lab == "resolver-split"


def test_what_a_variable_needs_may_be_typed_or_come_from_another() -> None:
    assert "at" not in names_set("x", DNSTRACE_AT="@0")
    assert "at" in names_set("x --dnssec", DNSTRACE_AT="@0")
    assert names_set("x", DNSTRACE_AT="@0", DNSTRACE_DS="example.com=1 13 2 " + "00" * 32) == {"at", "ds"}
    assert names_set("x", DNSTRACE_AT="@0", DNSTRACE_PARENT_ONLY="1") == {"parent-only"}
    assert chosen("x --at @0", DNSTRACE_DNSSEC="1").dnssec
    assert chosen("-f x --resume --jsonl", DNSTRACE_OUT="y").many is not None


def test_what_is_taken_back_is_set_in_vain() -> None:
    assert names_set("x --no-tcp", DNSTRACE_TCP="1") == set()
    assert names_set("x --edns", DNSTRACE_NO_EDNS="1") == set()
    assert chosen("x --check", DNSTRACE_DNSSEC="0").dnssec is False
    assert chosen("x --dnssec", DNSTRACE_DNSSEC="0").dnssec is True
    assert chosen("x --trust-anchor y", DNSTRACE_DNSSEC="0").dnssec is True


def test_the_lab_uses_no_variable_that_says_how_to_ask() -> None:
    asking = {"DNSTRACE_PORT": "5353", "DNSTRACE_TCP": "1", "DNSTRACE_NO_EDNS": "1", "DNSTRACE_TIMEOUT": "9"}
    for lab in ({}, {"DNSTRACE_LAB": "textbook"}):
        found = chosen("x" if lab else "x --lab", **asking, DNSTRACE_CHECK="1", **lab)
        assert found.settings == Settings(all_servers=True, probe=True)
    assert chosen("x --lab -p 54", **asking).settings == Settings(port=54)
    assert run("--lab", "--short", DNSTRACE_ROOT_HINTS="/nonexistent").out == "192.0.2.44\n"


def test_what_is_of_the_real_internet_is_marked_in_the_table(values: dict[str, str]) -> None:
    marked = [option for option in OPTIONS if {option.group, option.name} & BY_NAME["lab"].disregards]
    assert {option.name for option in marked} > {
        "port",
        "timeout",
        "root-hints",
        "seed",
        "at",
        "ds",
        "resolver",
    }
    set_for_good = {option.variable: text_of(option, values) for option in marked}
    for lab in ({}, {"DNSTRACE_LAB": "textbook"}):
        assert names_set("x" if lab else "x --lab", **set_for_good, **lab) <= {"lab"}


def test_servers_to_drop_that_are_not_there_are_left_out(values: dict[str, str]) -> None:
    assert chosen("--lab", DNSTRACE_DROP="198.41.0.4 192.0.2.250").drop == ("198.41.0.4",)
    assert run("--replay", values["replay"], DNSTRACE_DROP="192.0.2.250").status == 0
    assert run("--replay", values["replay"], "--drop", "192.0.2.250").status == 2


def test_words_are_left_as_they_are() -> None:
    words = parse(["x", "MX"])
    before = (dict(words.settings), dict(words.said))
    merged(words, of_environment({"DNSTRACE_TCP": "1", "DNSTRACE_TYPE": "A"}))
    assert (words.settings, words.said) == before
    assert isinstance(words, Parsed)
