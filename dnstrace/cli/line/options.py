"""The one table of options: the parser, the environment variables, the help and the completions read it.

Adding an option is adding an entry to `OPTIONS` (and, where it says something new, a field to
`choices.Choices`). An entry names the key under which the parser files the value, so that several
options can set one thing: `--short`, `--json` and `--jsonl` all set `output`, and the last one wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dnstrace.cli.line import supposing, values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHELLS = ("bash", "zsh", "fish", "powershell")


class Group(StrEnum):
    """The groups in which the help lists the options."""

    WHAT = "What to trace"
    ASK = "How to ask"
    CHECK = "What to check"
    PRINT = "What to print"
    MANY = "Many names"
    KEEP = "Keep and compare"
    ABOUT = "About"


class Output(StrEnum):
    """The form of the output."""

    TREE = "tree"
    SHORT = "short"
    JSON = "json"
    JSONL = "jsonl"
    MERMAID = "mermaid"
    DOT = "dot"


class Completes(StrEnum):
    """What a shell offers for the value of an option, where it is not a word of a few."""

    NOTHING = "nothing"
    FILE = "file"
    TYPE = "type"
    WORLD = "world"


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    `name` is the long name without dashes; `help` may hold fields of Settings and Limits in braces,
    which stand for their defaults; `short` are the letters that mean the same after one dash.
    An option with a `metavar` takes a value, which `convert` reads; with `optional` the value is
    taken only where the next word is one (`convert` accepts it). One without is a flag: it
    files `value`, and its opposite (`--no-tcp`, `--edns` for `--no-edns`) takes that back. `key` is
    where the value is filed, the name if empty; a `repeatable` one collects, from its variable each word
    unless it is `whole`. `plus` holds dig's words
    for it (`+vc`, `+time`), each with the converter of its value where that differs. A further word for which
    `another` holds is a value too.
    """

    name: str
    group: Group
    help: str
    short: str = ""
    metavar: str = ""
    convert: Callable[[str], object] = str
    optional: bool = False
    value: object = True
    key: str = ""
    repeatable: bool = False
    whole: bool = False
    choices: tuple[str, ...] = ()
    completes: Completes = Completes.NOTHING
    plus: Mapping[str, Callable[[str], object] | None] | None = None
    another: Callable[[str], bool] | None = None

    @property
    def filed(self) -> str:
        """The key under which the value is filed."""
        return self.key or self.name

    @property
    def opposite(self) -> str:
        """The long name that takes a flag back; empty for an option that takes a value."""
        if self.metavar or self.group is Group.ABOUT:
            return ""
        return self.name[3:] if self.name.startswith("no-") else f"no-{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable; empty for what is done instead of a trace."""
        return "" if self.group is Group.ABOUT else "DNSTRACE_" + self.name.upper().replace("-", "_")


def _tries_of_retries(text: str) -> int:
    """How many tries dig's `+retry` means: it does not count the first (dig(1))."""
    return values.whole(0, 99)(text) + 1


OPTIONS: tuple[Option, ...] = (
    Option("type", Group.WHAT, "The type to ask for, also as TYPEnnn", short="t", metavar="TYPE",
           convert=values.rdtype, repeatable=True, completes=Completes.TYPE),
    Option("name", Group.WHAT, "A name, whatever it looks like", short="q", metavar="NAME",
           convert=values.named, repeatable=True, key="subject"),
    Option("reverse", Group.WHAT, "The name that stands for an address (type PTR)", short="x", metavar="ADDR",
           convert=values.reverse, repeatable=True, key="subject"),
    Option("lab", Group.WHAT, "Trace in an embedded internet; 'list' lists them", metavar="WORLD",
           convert=values.world, optional=True, value="", completes=Completes.WORLD),
    Option("ipv4", Group.ASK, "Ask over IPv4 only", short="4"),
    Option("ipv6", Group.ASK, "Ask over IPv6 only", short="6"),
    Option("port", Group.ASK, "Ask this port ({port})", short="p", metavar="N",
           convert=values.within("PORT")),
    Option("bind", Group.ASK, "Ask from this address", short="b", metavar="ADDR", convert=values.source),
    Option("tcp", Group.ASK, "Ask over TCP only", plus={"vc": None}),
    Option("timeout", Group.ASK, "Seconds to wait for one reply ({timeout:g})", metavar="S",
           convert=values.seconds, plus={"time": None}),
    Option("tries", Group.ASK, "How often to ask one address at most ({tries})", metavar="N",
           convert=values.within("TRIES"), plus={"retry": _tries_of_retries}),
    Option("deadline", Group.ASK, "Seconds that the whole trace may take ({deadline:g})", metavar="S",
           convert=values.seconds),
    Option("max-queries", Group.ASK, "Queries that the whole trace may send ({max_queries})", metavar="N",
           convert=values.within("QUERIES")),
    Option("bufsize", Group.ASK, "Octets to accept over UDP ({edns.payload})", metavar="N",
           convert=values.within("PAYLOAD")),
    Option("no-edns", Group.ASK, "Ask without EDNS"),
    Option("nsid", Group.ASK, "Ask servers for their identity (RFC 5001)"),
    Option("cookie", Group.ASK, "Send a DNS cookie (RFC 7873)"),
    Option(
        "subnet", Group.ASK, "Ask for clients in this network (RFC 7871)", metavar="NET",
        convert=values.network,
    ),
    Option("root-hints", Group.ASK, "Start from the root servers in this file", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("prime", Group.ASK, "First ask the root for its servers (RFC 9609)"),
    Option("qmin", Group.ASK, "Show no server more than it needs (RFC 9156)"),
    Option("seed", Group.ASK, "Repeat the random choices of a trace", metavar="N",
           convert=values.within("SEED")),
    Option("all-servers", Group.CHECK, "Ask every address of every name server", short="a"),
    Option("check", Group.CHECK, "Find what is wrong: ask all servers more"),
    Option("dnssec", Group.CHECK, "Say if the answer is secure, or why not"),
    Option(
        "trust-anchor", Group.CHECK, "Validate from the DS or DNSKEY records here", metavar="FILE",
        convert=values.file, completes=Completes.FILE,
    ),
    Option(
        "at", Group.CHECK, "Judge signatures as of this time, not now", metavar="TIME", convert=values.moment
    ),
    Option("resolver", Group.CHECK, "Ask this resolver too; 'system' is yours", metavar="ADDR",
           convert=values.resolvers, repeatable=True),
    Option("parent-only", Group.CHECK, "Only what the parent says of the zone"),
    Option("undelegated", Group.CHECK, "As if ZONE had these servers", metavar="ZONE=NS",
           convert=supposing.undelegated, repeatable=True, whole=True),
    Option("ds", Group.CHECK, "As if ZONE had this DS record", metavar="ZONE=DS",
           convert=supposing.ds, repeatable=True, whole=True),
    Option("expect", Group.CHECK, "Exit 5 unless this holds, as a=192.0.2.44", metavar="WHAT",
           convert=values.expectations, repeatable=True, whole=True),
    Option("http", Group.CHECK, "Fetch the page too, from each address"),
    Option("short", Group.PRINT, "The data of the answer only, as dig +short",
           key="output", value=Output.SHORT),
    Option("json", Group.PRINT, "The whole trace as one JSON object", key="output", value=Output.JSON),
    Option("jsonl", Group.PRINT, "One JSON object a line for each question",
           key="output", value=Output.JSONL),
    Option("mermaid", Group.PRINT, "A map of it in Mermaid, for tickets",
           key="output", value=Output.MERMAID),
    Option("dot", Group.PRINT, "The same map for Graphviz", key="output", value=Output.DOT),
    Option("html", Group.PRINT, "Show it all in one page, FILE", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("svg", Group.PRINT, "Draw that map into FILE, too", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("color", Group.PRINT, "Colours: auto, always or never", metavar="WHEN",
           convert=values.one_of("auto", "always", "never"), choices=("auto", "always", "never")),
    Option("verbose", Group.PRINT, "Show headers and records too, as dig does", short="v"),
    Option("explain-steps", Group.PRINT, "Say in plain words what each step is for"),
    Option("file", Group.MANY, "Names from FILE, a line each; '-' is stdin", short="f",
           metavar="FILE", convert=values.file, completes=Completes.FILE),
    Option("concurrency", Group.MANY, "Names traced at a time (200)", metavar="N",
           convert=values.whole(1, 10_000)),
    Option("workers", Group.MANY, "Processes (one for each processor)", metavar="N",
           convert=values.whole(1, 256)),
    Option("rate", Group.MANY, "Send no more than N queries a second", metavar="N",
           convert=values.whole(1, 1_000_000)),
    Option("no-share", Group.MANY, "Trace each name with nothing known"),
    Option("dask", Group.MANY, "Trace on the Dask cluster of this scheduler", metavar="ADDRESS",
           convert=values.scheduler),
    Option("out", Group.MANY, "Write the results into FILE", short="o", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("resume", Group.MANY, "With -o: go on with what is missing there"),
    Option("ordered", Group.MANY, "Results in the order of the names"),
    Option("save", Group.KEEP, "Keep the trace in FILE, or FILE.gz, for --replay", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("replay", Group.KEEP, "Walk over a saved trace, with no network", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("diff", Group.KEEP, "What has changed since OLD, or from OLD to NEW", metavar="OLD",
           convert=values.file, repeatable=True, whole=True, completes=Completes.FILE,
           another=values.is_file),
    Option("watch", Group.KEEP, "Trace every S seconds until it changes", metavar="S",
           convert=values.seconds),
    Option("drop", Group.KEEP, "As if this server were dead (--replay, --lab)", metavar="SERVER",
           convert=values.server, repeatable=True),
    Option("pcap", Group.KEEP, "Keep the packets in FILE, for Wireshark", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("force", Group.KEEP, "Write over a file that is there"),
    Option("version", Group.ABOUT, "Print the version"),
    Option("help", Group.ABOUT, "Print this help", short="h"),
    Option("schema", Group.ABOUT, "Print the JSON Schema of the output"),
    Option("explain", Group.ABOUT, "Explain a finding, or list all", metavar="CODE",
           convert=values.finding, optional=True, value="list"),
    Option("show-completion", Group.ABOUT, "Print the completion for a shell", metavar="SHELL",
           convert=values.one_of(*SHELLS), optional=True, value="", choices=SHELLS),
    Option("install-completion", Group.ABOUT, "Install it for a shell, or yours", metavar="SHELL",
           convert=values.one_of(*SHELLS), optional=True, value="", choices=SHELLS),
)  # fmt: skip
"""All options, in the order in which the help lists them."""

IGNORED = frozenset({"trace", "norec", "norecurse", "nordflag"})
"""Words of dig that are accepted after a `+` and do nothing, since they are what dnstrace always does."""

BY_NAME = {each.name: each for each in OPTIONS}
BY_LETTER = {letter: each for each in OPTIONS for letter in each.short}
BY_OPPOSITE = {each.opposite: each for each in OPTIONS if each.opposite}
BY_PLUS = {word: (each, convert) for each in OPTIONS for word, convert in (each.plus or {}).items()}
