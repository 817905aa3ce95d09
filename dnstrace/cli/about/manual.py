"""The page of the manual, dnstrace(1), made from the table of options and the exit statuses.

`python -m dnstrace.cli.about.generate completions` writes the page in data/, with the completions; a test
fails when it differs from the tables. The wheel puts it into share/man/man1.
"""

from __future__ import annotations

from importlib.resources import files
from textwrap import wrap
from typing import TYPE_CHECKING

from dnstrace import __version__
from dnstrace.cli.about.help import EXAMPLES, help_of
from dnstrace.cli.about.rules import sentences
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.options import OPTIONS, PUBLIC, Group, Option, alternatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

REVISED = "2026-11-29"
"""The date that the page shows: of the last change to what this module itself says."""

_DESCRIPTION = """
dnstrace walks the delegation of a domain name itself, from the root servers down, and shows each step as a
tree: which server of the zone was asked, what its reply meant, how long it took, and how long it may be
cached. Where something is wrong, the last line says what, at which zone cut and server, and whose job it is.

NAME is a domain name, also in Unicode, a URL, which stands for its host, or an address, which stands for its
reverse name. TYPE is the mnemonic of a record type, or TYPEnnn; the default is A. @SERVER is where to start
instead of the root. Words come in any order. As with dig, +word, +noword and +word=value are --word,
--no-word and --word=value.

Results go to standard output, remarks and progress to standard error.
"""

_OPTIONS = """
A number in brackets is the default. --no- undoes a flag (--edns undoes --no-edns), also where the
environment sets it. Where one value is given twice, the last one counts; of {forms}, one can be given.

A word that is an option is never taken as the value of the one before it: --name=-x.example has such a value.
S is a number of seconds, or a time with units such as 500ms, 5s, 2m or 1h30m.

Two options that exclude each other are an error when both are typed. What the environment or
the configuration file sets is never one: it is left out where it does not fit what was typed. What is typed
counts before what the environment sets, and that before the file.
"""

_VARIABLES = (
    (
        "DNSTRACE_SOME_THING",
        """The value of the option --some-thing, for all but those under About; 1 for a flag, 0 to take it
        back. What may be given more than once takes several values with blanks between them, except
        --undelegated, --ds, --expect and --diff, which take one. A variable that does not fit what was typed
        is left out; {disregarding}.""",
    ),
    (
        "DNSTRACE_READER",
        """If it is dnspython, that library reads every reply, not only those that are out of the ordinary.
        That takes longer and makes no other difference; if it does, please report it. It counts with --lab
        and --replay, too.""",
    ),
    ("NO_COLOR, FORCE_COLOR", "If not empty: no colours; colours even where the output is not a terminal."),
    ("COLUMNS", "The width of the output, instead of that of the terminal."),
    ("TERM", "If it is dumb, the output is plain ASCII and does not grow as the walk proceeds."),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "The encoding of the output, by the first that is set; ASCII where that is C, POSIX or not UTF-8.",
    ),
    (
        "SHELL, HOME, XDG_DATA_HOME, XDG_CONFIG_HOME",
        "Where --install-completion puts the script, and where the configuration file is.",
    ),
)

_PLUGIN = """
With --format=nagios the exit status is that of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
Whatever leads to another status than 0 above is CRITICAL, and a finding that --fail-on does not name is a
WARNING if it is one; a wrong command line, or a trace that was stopped, is UNKNOWN.
"""

_FILES = (
    (
        "$XDG_CONFIG_HOME/dnstrace/config.toml",
        """Defaults, in TOML: options by name, as in timeout = "5s" or check = true, with a list for what may
        be given more than once; and in the table [resolvers] names for --resolver, as in office =
        ["192.0.2.53"]. The folder is ~/.config if the variable is not set. --show-config prints what is set,
        --no-config leaves the file out.""",
    ),
    ("/etc/resolv.conf", "The resolvers that --resolver system asks. The walk itself needs none."),
    (
        "dnstrace/data/root.hints, dnstrace/data/root.key",
        """The root servers and the trust anchors of the root zone, in the Python package; --root-hints and
        --trust-anchor read others.""",
    ),
    (
        "dnstrace/data/public-resolvers.toml",
        """The resolvers that --resolver knows by name, with their addresses: {public}; public stands for all
        of them, each asked over IPv4, or over IPv6 with -6.""",
    ),
    ("FILE of --save", "The JSON of a trace with the octets of every reply; gzip if the name ends in .gz."),
    (
        "FILE of --ignore-file",
        """On each line a finding that is accepted, CODE[@ZONE][@SERVER], and the reason; between them may
        stand until and the last day, in UTC: lame-server@example.com until 2026-03-31 The host replaces it.
        A line that begins with # is a comment. CODE may be * for all findings.""",
    ),
    ("FILE of -f", "A name on each line, and types if any; what follows # or ; is a comment."),
)

MORE_EXAMPLES = (
    ("dnstrace --dnssec www.example.com", "and whether the answer is secure, or why not"),
    ("dnstrace --resolver public www.example.com", "and what large public resolvers hold, until when"),
    ("dnstrace --resolver system www.example.com", "and what your own resolver still holds"),
    ("dnstrace --expect a=192.0.2.44 www.example.com", "for monitoring: exit 5 unless this holds"),
    ("dnstrace --check --format=junit www.example.com", "for CI: what is wrong, as a test report"),
    ("dnstrace --short -x 192.0.2.44", "the name that belongs to an address"),
    ("dnstrace --lab refuses --check", "a broken delegation, without a network"),
)
"""Further command lines on the page, after those of the help, and what each does."""

_SEE_ALSO = """
dig(1), delv(1), drill(1), resolv.conf(5)

RFC 1034 section 5.3.3 (the walk), RFC 4035 section 5 (validation), RFC 9499 (the words used here)
"""

_COLUMNS = 64  # of the source, which may not have long lines either
_WRITTEN = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}


def kept() -> Traversable:
    """The file that holds the page."""
    return files("dnstrace") / "data" / "dnstrace.1"


def page() -> str:
    """The page, in the macros of man(7)."""
    parts = (
        _section(
            "NAME", [_escaped("dnstrace - trace how a DNS name is resolved, from the root servers down\n")]
        ),
        _section("SYNOPSIS", [_synopsis()]),
        _section("DESCRIPTION", _paragraphs(_DESCRIPTION)),
        _section(
            "OPTIONS",
            [*_paragraphs(_OPTIONS.format(forms=_forms())), *(_group(group) for group in Group)],
        ),
        _section(
            "EXIT STATUS",
            [*(_item(f"{each.value}", each.meaning) for each in Exit), f".PP\n{_filled(_PLUGIN)}"],
        ),
        _section(
            "ENVIRONMENT",
            (_item(name, said.format(disregarding=_disregarding())) for name, said in _VARIABLES),
        ),
        _section(
            "FILES", (_item(name, said.replace("{public}", ", ".join(PUBLIC))) for name, said in _FILES)
        ),
        _section("EXAMPLES", (_item(line, said) for line, said in (*EXAMPLES, *MORE_EXAMPLES))),
        _section("SEE ALSO", _paragraphs(_SEE_ALSO)),
    )
    made = "Made by `python -m dnstrace.cli.about.generate`: change dnstrace/cli/about/manual.py, not this."
    top = f'.\\" {made}\n'
    return f'{top}.TH DNSTRACE 1 {REVISED} "dnstrace {__version__}"\n{"".join(parts)}'


def _forms() -> str:
    """The options of which one can be given."""
    *most, last = (f"--{name}" for names in alternatives() for name in names)
    return f"{', '.join(most)} and {last}"


def _disregarding() -> str:
    """Which options have variables count for nothing."""
    found = []
    for option in (each for each in OPTIONS if each.disregards):
        *most, last = (
            *(f'"{group}"' for group in Group if group in option.disregards),
            *(f"--{each.name}" for each in OPTIONS if each.name in option.disregards),
        )
        found.append(f"with --{option.name}, also those for {', '.join(most)} and {last}")
    return "; ".join(found)


def _section(title: str, parts: Iterable[str]) -> str:
    return f".SH {title}\n{''.join(parts)}"


def _synopsis() -> str:
    return (
        ".B dnstrace\n.RI [ OPTIONS ]\n.RI [@ SERVER ]\n.IR NAME ...\\&\n.RI [ TYPE ]...\n"
        ".br\n.B dnstrace\n.RI [ OPTIONS ]\n.B \\-\\-lab\n.RI [ WORLD ]\n"
        ".br\n.B dnstrace\n.RI [ OPTIONS ]\n.B \\-f\n.I FILE\n"
    )


def _paragraphs(text: str) -> list[str]:
    first, *others = map(_filled, text.split("\n\n"))
    return [first, *(f".PP\n{other}" for other in others)]


def _item(term: str, text: str) -> str:
    return f".TP\n.B {_escaped(term)}\n{_filled(text)}"


def _group(group: Group) -> str:
    return f".SS {group}\n{''.join(_option(each) for each in OPTIONS if each.group is group)}"


def _option(option: Option) -> str:
    typed = ", ".join(f"\\fB{_escaped(flag)}\\fR" for flag in option.typed)
    value = f"\\fI{_escaped(option.metavar)}\\fR"
    shown = f" [{value}]" if option.optional else f" {value}" * bool(option.metavar)
    return f".TP\n{typed}{shown}\n{_filled(' '.join(_sentences(option)))}"


def _sentences(option: Option) -> Iterator[str]:
    """What the help says of an option, and what the help has no room for."""
    yield f"{help_of(option)}."
    if option.repeatable and not option.another:
        yield "May be given more than once."
    yield from sentences(option)
    if option.plus:
        yield f"As dig's {', '.join(f'+{word}' for word in option.plus)}."


def _filled(text: str) -> str:
    lines = wrap(" ".join(text.split()), _COLUMNS, break_on_hyphens=False)
    return "".join(f"{_escaped(line)}\n" for line in lines)


def _escaped(text: str) -> str:
    """Text that roff prints as it is: as ASCII, and not as a request."""
    for character, written in _WRITTEN.items():
        text = text.replace(character, written)
    return f"\\&{text}" if text.startswith(".") else text
