from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_test
from hypothesis import strategies as st

from dnstrace.cli.line.forms import Output
from dnstrace.cli.line.options import OPTIONS, Option
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage


def parsed(line: str) -> Parsed:
    return parse(shlex.split(line))


def settings(line: str) -> dict[str, Any]:
    """What was set but for the name, which is x everywhere."""
    found = parsed(line).settings
    return {key: value for key, value in found.items() if key != "subject"}


def names(line: str) -> list[str]:
    return [subject.name.to_text() for subject in parsed(line).settings["subject"]]  # type: ignore[attr-defined]


def types(line: str) -> list[str]:
    return [rdtype.name for rdtype in parsed(line).settings["type"]]  # type: ignore[attr-defined]


def refused(line: str) -> str:
    with pytest.raises(Usage) as error:
        parsed(line)
    return str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        "www.example.com MX @192.0.2.53 +tcp",
        "@192.0.2.53 +tcp mx www.example.com",
        "--tcp -t MX -q www.example.com @192.0.2.53",
        "+vc --type=mx --name=www.example.com @192.0.2.53",
        "-tMX @192.0.2.53 -qwww.example.com --tcp",
    ],
)
def test_words_come_in_any_order(line: str) -> None:
    assert names(line) == ["www.example.com."]
    assert types(line) == ["MX"]
    assert parsed(line).servers == ["192.0.2.53"]
    assert parsed(line).settings["tcp"] is True


@pytest.mark.parametrize("line", ["mx.", "-q mx", "--name mx", "-qmx", "+name=mx"])
def test_a_name_that_looks_like_a_type(line: str) -> None:
    assert names(line) == ["mx."]


def test_several_names_and_types() -> None:
    assert names("a.example AAAA b.example TYPE65280 -x 192.0.2.1") == [
        "a.example.",
        "b.example.",
        "1.2.0.192.in-addr.arpa.",
    ]
    assert types("a.example AAAA b.example MX -t NS") == ["AAAA", "MX", "NS"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x --timeout=3", {"timeout": 3.0}),
        ("x --timeout 3", {"timeout": 3.0}),
        ("x +timeout=3", {"timeout": 3.0}),
        ("x +time=3", {"timeout": 3.0}),
        ("x +tries=3", {"tries": 3}),
        ("x +retry=3", {"tries": 4}),
        ("x +retry=0", {"tries": 1}),
        ("x -p53", {"port": 53}),
        ("x -p 53", {"port": 53}),
        ("x --port=53", {"port": 53}),
        ("x -p 53 -p 54 --port 55", {"port": 55}),
        ("x -b 192.0.2.1", {"bind": "192.0.2.1"}),
        ("x -4v", {"ipv4": True, "verbose": True}),
        ("x -v6p54", {"ipv6": True, "verbose": True, "port": 54}),
        ("x +noedns", {"no-edns": True}),
        ("x --no-edns", {"no-edns": True}),
        ("x --no-edns +edns", {}),
        ("x --no-edns --edns", {}),
        ("x +tcp +notcp", {}),
        ("x +vc +novc", {}),
        ("x --tcp --no-tcp", {}),
        ("x +notcp", {}),
        ("x +trace", {}),
        ("x +bufsize=4096 +nsid", {"bufsize": 4096, "nsid": True}),
        ("x +short", {"output": Output.SHORT}),
        ("x +json", {"output": Output.JSON}),
        ("x --json --jsonl", {"output": Output.JSONL}),
        ("x --jsonl --no-json", {"output": Output.JSONL}),
        ("x --json --no-json", {}),
        ("x --root-hints=/a=b", {"root-hints": "/a=b"}),
        ("x --seed 0 --max-queries=7 --deadline .5", {"seed": 0, "max-queries": 7, "deadline": 0.5}),
        ("x --color never", {"color": "never"}),
        ("x --lab", {"lab": ""}),
        ("--lab alias x", {"lab": "alias"}),
        ("--lab x.", {"lab": ""}),
        ("--lab=alias x", {"lab": "alias"}),
        ("x --lab list", {"lab": "list"}),
    ],
)
def test_options(line: str, expected: dict[str, Any]) -> None:
    assert settings(line) == expected


def test_after_two_dashes_no_word_is_an_option() -> None:
    assert names("-- --version -4 +tcp.") == ["--version.", "-4.", "+tcp."]
    assert types("-- x MX") == ["MX"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--version", ("version", "")),
        ("x --help --version", ("help", "")),
        ("-h --no-such-option", ("help", "")),
        ("--schema", ("schema", "")),
        ("--show-completion", ("show-completion", "")),
        ("--show-completion zsh", ("show-completion", "zsh")),
        ("--install-completion=fish", ("install-completion", "fish")),
    ],
)
def test_the_first_option_that_is_done_instead_of_a_trace_ends_the_reading(
    line: str, said: tuple[str, str]
) -> None:
    assert parsed(line).about == said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x --tim 3", "unknown option '--tim'; did you mean --timeout?"),
        ("x --jsno", "unknown option '--jsno'; did you mean --json?"),
        ("x --qqqqqq", "unknown option '--qqqqqq'; `dnstrace --help` lists the options"),
        ("x --", ""),
        ("x +shrt", "unknown option '+shrt'; did you mean +short?"),
        ("x +nosuchthing", "unknown option '+nosuchthing'"),
        ("x +noport", "unknown option '+noport'; did you mean"),
        ("x +", "unknown option '+'"),
        ("x -Z", "unknown option '-Z' in '-Z'"),
        ("x -4Z", "unknown option '-Z' in '-4Z'"),
        ("x -json", "'-json': a long option has two dashes; did you mean '--json'?"),
        ("x --no-port", "unknown option '--no-port'"),
        ("x --class IN", "unknown option '--class'"),
        ("x --tcp=1", "--tcp takes no value"),
        ("x --no-tcp=1", "--no-tcp takes no value"),
        ("x +tcp=1", "+tcp takes no value"),
        ("x +trace=1", "unknown option '+trace'"),
        ("x --tries", "--tries needs a number: --tries=N"),
        ("x --fail-on", "--fail-on needs error, warning, notice or never: --fail-on=LEVEL"),
        ("x --from", "--from needs a place: --from=PLACE"),
        ("x -p", "-p needs a number: -p N"),
        ("x +tries 3", "+tries needs a number: +tries=N"),
        ("x --tries= 3", "--tries: must be a whole number from 1 to 100, not ''"),
        ("x -p 0", "-p: must be a whole number from 1 to 65535, not '0'"),
        ("x --port=70000", "--port: must be a whole number from 1 to 65535, not '70000'"),
        (
            "x --timeout -1",
            "--timeout: must be a time such as 5, 500ms, 5s, 2m or 1h, more than 0 and at most 86400",
        ),
        ("x +time=0", "+time: must be a time such as 5"),
        ("x --timeout=nan", "--timeout: must be a time such as 5"),
        ("x --deadline inf", "--deadline: must be a time such as 5"),
        ("x --tries 0", "--tries: must be a whole number from 1"),
        ("x +retry=-1", "+retry: must be a whole number from 0"),
        ("x --bufsize 511", "--bufsize: must be a whole number from 512 to 65535"),
        ("x +bufsize=65536", "+bufsize: must be a whole number from 512 to 65535"),
        ("x --max-queries 0", "--max-queries: must be a whole number from 1"),
        ("x --seed x", "--seed: must be a whole number from 0"),
        ("x --color purple", "--color: must be auto, always or never, not 'purple'"),
        ("x -t MXX", "-t: 'MXX' is not a record type; did you mean MX?"),
        ("x MXX", "'MXX' is not a record type; did you mean MX? (to trace it as a name, write 'MXX.')"),
        ("x TYPE65536", "'TYPE65536' is not a record type: the number must be from 1 to 65535"),
        ("x AXFR", "AXFR cannot be traced"),
        ("-x x.example", "-x: must be an IPv4 or IPv6 address, not 'x.example'"),
        ("x -b here", "-b: must be an IPv4 or IPv6 address, not 'here'"),
        ("x @", "@: must be followed by a server"),
        ("--lab txtbook", "--lab: 'txtbook' is not a world of the lab; did you mean textbook"),
        ("example.com:5353", "'example.com:5353' is not a name: give the port with -p"),
        (
            "example.com:443",
            "'example.com:443' is not a name: give the name alone, as in 'example.com' "
            "(-p is the port of name servers)",
        ),
        ("example.com:8080", "'example.com:8080' is not a name: give the name alone, as in 'example.com'"),
        ("--lab=alia", "--lab: 'alia' is not a world of the lab; did you mean alias?"),
        ("--show-completion ksh", "--show-completion: must be bash, zsh, fish or powershell, not 'ksh'"),
        ("--show-completion=tcsh", "--show-completion: must be bash, zsh, fish or powershell, not 'tcsh'"),
    ],
)
def test_what_is_wrong_is_said(line: str, why: str) -> None:
    if why:
        assert refused(line).startswith(why)
    else:
        parsed(line)


def test_a_capital_word_alone_is_a_name() -> None:
    assert names("MXX") == ["MXX."]
    assert names("x mxx") == ["x.", "mxx."]


WORDS = [
    *(f"--{each.name}" for each in OPTIONS),
    "-4",
    "-p",
    "+tcp",
    "+no",
    "@",
    "@::1",
    "--",
    "-",
    "+",
    "MX",
    "1",
    "",
]


@settings_of_test(deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(st.characters(categories=None), max_size=12), max_size=6))
def test_any_words_are_understood_or_refused_in_one_line(words: list[str]) -> None:
    try:
        parse(words)
    except Usage as error:
        assert str(error).isprintable()


VALUED = [option for option in OPTIONS if option.metavar and not option.optional]
TYPED = [word for option in OPTIONS for word in (*option.typed, f"+{option.name}", f"--{option.opposite}")]


@pytest.mark.parametrize("option", VALUED, ids=lambda option: option.name)
def test_no_option_is_ever_the_value_of_another(option: Option) -> None:
    """Whatever is typed after an option that needs a value, if it is an option it is none."""
    for said in option.typed:
        for word in [each for each in TYPED if each != "--"]:
            with pytest.raises(Usage, match=f"^{said} needs .*: {said}[= ]{option.metavar}"):
                parse(["x", said, word])
            with pytest.raises(Usage, match=f"^{said} needs "):
                parse(["x", said, f"{word}=1", "y"])


@pytest.mark.parametrize("text", ["-.example", "--json", "-", "+json", "--"])
def test_a_value_that_looks_like_an_option_is_given_with_an_equals_sign(text: str) -> None:
    assert settings(f"x --save={text}") == {"save": text}
    if text == "-":
        assert settings("x --save -") == {"save": "-"}
