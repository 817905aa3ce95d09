from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnstrace.cli.choosing import choose
from dnstrace.cli.configuring import Configured, read
from dnstrace.cli.line.choices import Choices
from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.model import Settings
from dnstrace.model.asked import Resolver
from tests.cli.configured import configure
from tests.cli.line.values_of_options import VALUES
from tests.cli.running import run


def configured(directory: Path, text: str) -> Configured:
    return read(f"{configure(directory, text)}/dnstrace/config.toml", "/home/user")


def chosen(directory: Path, text: str, line: str, **variables: str) -> Choices:
    return choose(parse(shlex.split(line)), {"XDG_CONFIG_HOME": configure(directory, text), **variables})


def refused(directory: Path, text: str) -> str:
    with pytest.raises(Usage) as error:
        configured(directory, text)
    place, _, why = str(error.value).partition("config.toml")
    assert place == f"{directory}/dnstrace/" and str(error.value).isprintable()
    return why


# --- what counts ------------------------------------------------------------------------------------------


def test_words_count_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    text = "timeout = 7\ntries = 7\nmax-queries = 7\nshort = true\n"
    found = chosen(tmp_path, text, "x --timeout 5s", DNSTRACE_TIMEOUT="6", DNSTRACE_TRIES="6")
    assert (found.settings.timeout, found.settings.tries, found.limits.max_queries) == (5, 6, 7)
    assert found.shown.output is Output.SHORT
    assert chosen(tmp_path, text, "x --json").shown.output is Output.JSON
    assert chosen(tmp_path, text, "x --no-short").shown.output is Output.TREE
    assert chosen(tmp_path, text, "x", DNSTRACE_SHORT="0").shown.output is Output.TREE
    assert chosen(tmp_path, "tcp = true", "x", DNSTRACE_TCP="0").settings.tcp is False
    assert chosen(tmp_path, "edns = false", "x").settings.edns is None
    assert chosen(tmp_path, "dnssec = false", "x --check").dnssec is False


def test_the_file_can_be_left_out(tmp_path: Path) -> None:
    text = "tcp = true\n"
    assert chosen(tmp_path, text, "x").settings.tcp
    assert not chosen(tmp_path, text, "x --no-config").settings.tcp
    assert not chosen(tmp_path, text, "x", DNSTRACE_NO_CONFIG="1").settings.tcp
    assert chosen(tmp_path, text, "x --config", DNSTRACE_NO_CONFIG="1").settings.tcp
    assert run("--lab", "--short", "--no-config", XDG_CONFIG_HOME=configure(tmp_path, "= =")).status == 0


def test_the_file_is_in_the_folder_that_the_variables_say(tmp_path: Path) -> None:
    configure(tmp_path / ".config", "tcp = true\n")
    for variables in ({"HOME": str(tmp_path)}, {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "relative"}):
        assert choose(parse(["x"]), variables).settings.tcp
    assert not choose(parse(["x"]), {}).settings.tcp
    assert not choose(parse(["x"]), {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}).settings.tcp


def test_a_value_is_written_as_toml_has_it(tmp_path: Path) -> None:
    text = "timeout = 2.5\nat = 2026-01-15T12:00:00Z\ndnssec = true\n"
    text += 'trust-anchor = "~/keys"\ntype = ["A", "MX"]\n'
    found = chosen(tmp_path, text, "x", HOME="/home/user")
    assert (found.settings.timeout, found.at, found.anchors) == (
        2.5,
        1768478400.0,
        os.path.join("/home/user", "keys"),
    )
    assert [each.name for each in found.types] == ["A", "MX"]
    assert (
        chosen(tmp_path, "lab = true\n", "").lab == "" and chosen(tmp_path, "lab = false\n", "x").lab is None
    )


def test_a_repeatable_option_takes_each_element_as_it_is(tmp_path: Path) -> None:
    found = configured(tmp_path, 'expect = ["mx=10 a.example.", "ttl>=5"]\n').parsed
    assert len(found.settings["expect"]) == 2  # type: ignore[arg-type]


def test_the_lab_and_a_replay_take_nothing_that_says_how_to_ask(tmp_path: Path) -> None:
    text = 'port = 5353\ntcp = true\nno-edns = true\nresolver = "quad9"\nroot-hints = "/nonexistent"\n'
    found = chosen(tmp_path, f"{text}check = true\n", "x --lab")
    assert found.settings == Settings(all_servers=True, probe=True)
    assert (found.resolvers, found.hints) == ((), None)
    home, record = str(tmp_path), str(tmp_path / "record.json")
    assert run("--lab", "--short", "--save", record, XDG_CONFIG_HOME=home).out == "192.0.2.44\n"
    assert run("--replay", record, "--short", XDG_CONFIG_HOME=home).out == "192.0.2.44\n"


def test_resolvers_have_names(tmp_path: Path) -> None:
    text = '[resolvers]\noffice = ["192.0.2.1", "tls://192.0.2.2"]\nhome = "192.0.2.3"\n'
    found = chosen(tmp_path, text, "x --resolver office --resolver 192.0.2.9").resolvers
    assert [each.address for each in found] == ["192.0.2.1", "192.0.2.2", "192.0.2.9"]
    assert chosen(tmp_path, 'resolver = "home"\n' + text, "x").resolvers == (Resolver("192.0.2.3"),)
    assert chosen(tmp_path, text, "x", DNSTRACE_RESOLVER="home").resolvers == (Resolver("192.0.2.3"),)
    with pytest.raises(Usage, match=r"^--resolver: must be .* not 'offce'; did you mean office"):
        chosen(tmp_path, text, "x --resolver offce")
    with pytest.raises(Usage, match=r"config.toml:1: resolver: must be .* not 'hme'; did you mean home"):
        chosen(tmp_path, 'resolver = "hme"\n' + text, "x")


def test_findings_are_accepted_for_good(tmp_path: Path) -> None:
    """What concerns no finding of this trace is for another zone: nothing is said of it."""
    text = 'ignore = [\n  "lame-server@example.com until 2099-12-31 moves in May",\n'
    text += '  "refuses@example.org",\n]\n'
    home = configure(tmp_path, text)
    ran = run("--lab", "lame", "--check", XDG_CONFIG_HOME=home)
    assert (ran.status, ran.err) == (0, "") and "moves in May" in ran.out
    assert run("--lab", "lame", "--check", "--no-config", XDG_CONFIG_HOME=home).status == 5
    (told,) = run("--lab", "lame", "--check", "--ignore", "refuses", XDG_CONFIG_HOME=home).err.splitlines()
    assert "--ignore refuses accepts nothing" in told
    text = (
        'ignore = [\n  "lame-server until 2020-01-01 x",\n  "refuses until 2020-01-01 x",\n]\ncheck = true\n'
    )
    configure(tmp_path, text)
    (told,) = run("--lab", "lame", XDG_CONFIG_HOME=home).err.splitlines()
    assert "config.toml:2: lame-server expired on 2020-01-01" in told


def test_resolvers_are_shown_with_their_names(tmp_path: Path) -> None:
    home = configure(tmp_path, '[resolvers]\noffice = "192.0.2.153"\nours = "9.9.9.9"\n')
    out = run("--lab", "resolver-public", XDG_CONFIG_HOME=home).out
    assert "─ 192.0.2.153 (office) · 2 ms" in out and "─ ! 9.9.9.9 (ours) · 14 ms" in out
    assert "─ ! 1.1.1.1 (cloudflare) · 5 ms" in out


# --- what is wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\ntimout = 3\n", ":2: unknown option 'timout'; did you mean timeout?"),
        ("max_queries = 3\n", ":1: unknown option 'max_queries'; did you mean max-queries?"),
        ("[resolver]\noffice = 1\n", ":1: resolver must be text or a number"),
        ("timeout = 'x'\n", ":1: timeout: must be a time such as 5"),
        ("timeout = [1, 2]\n", ":1: timeout needs one value"),
        ("type = []\n", ":1: type needs one value"),
        ("type = [\n  'A',\n  'MXX',\n]\n", ":3: type: 'MXX' is not a record type; did you mean MX?"),
        ("timeout = true\n", ":1: timeout must be text or a number"),
        ("tcp = 'yes'\n", ":1: tcp must be true or false"),
        ("tcp = 1\n", ":1: tcp must be true or false"),
        ("help = true\n", ":1: help can only be typed"),
        ("no-config = true\n", ":1: no-config can only be typed"),
        ("tcp = true\n\ntcp = true\n", ":3: it is not valid TOML: Cannot overwrite a value"),
        ("tcp = true\na = = b\n", ":2: it is not valid TOML: Invalid value"),
        ("a = '", ":1: it is not valid TOML: "),
        ("x = " + "[" * 20_000 + "]" * 20_000, ": it is not valid TOML: "),
        ("timeout = " + "9" * 6_000, ": it is not valid TOML: "),
        ("resolvers = 3\n", ":1: resolvers must be a table"),
        ("[resolvers]\n\nOffice = '192.0.2.1'\n", ":3: resolvers.Office: a name must be small letters"),
        ("[resolvers]\nsystem = '192.0.2.1'\n", ":2: resolvers.system: a name must"),
        ("[resolvers]\nx = 'quad9'\n", ":2: resolvers.x must be addresses or URLs, not the name 'quad9'"),
        ("[resolvers]\nx = '192.0.2.300'\n", ":2: resolvers.x: '192.0.2.300' is not a resolver"),
        ("resolvers.x = '192.0.2.300'\n", ":1: resolvers.x: '192.0.2.300' is not a resolver"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    assert refused(tmp_path, text).startswith(why)
    ran = run("--lab", "--short", XDG_CONFIG_HOME=str(tmp_path))
    assert (ran.status, ran.out) == (2, "") and ran.err.count("\n") == 1


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "dnstrace" / "config.toml").mkdir(parents=True)
    assert (
        "config.toml is not a regular file; --no-config leaves it out"
        in run("--lab", XDG_CONFIG_HOME=str(tmp_path)).err
    )
    (tmp_path / "x" / "dnstrace").mkdir(parents=True)
    (tmp_path / "x" / "dnstrace" / "config.toml").write_bytes(b"\xff")
    assert "it is not text in UTF-8" in run("--lab", XDG_CONFIG_HOME=str(tmp_path / "x")).err


@settings(deadline=None)
@given(
    st.text() | st.lists(st.sampled_from([*VALUES, "=", "[", "]", "'", "\n", "1", "true", "."])).map(" ".join)
)
def test_any_text_is_read_or_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        read(str(path))
    except Usage as error:
        assert str(error)


def test_without_a_file_nothing_more_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from dnstrace.cli.command import command; command(['x', '--timeout=nonsense']);"
        "from dnstrace.cli.choosing import choose; from dnstrace.cli.line.syntax import parse;"
        f"choose(parse(['x']), {{'HOME': {str(tmp_path)!r}}});"
        "sys.exit(bool({'tomllib', 'dnstrace.cli.configuring'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_without_a_file_one_look_is_all_that_it_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def exists(path: str) -> bool:
        looked.append(path)
        return False

    monkeypatch.setattr("os.path.exists", exists)
    choose(parse(["x"]), {"HOME": str(tmp_path)})
    assert looked == [str(tmp_path / ".config" / "dnstrace" / "config.toml")]
