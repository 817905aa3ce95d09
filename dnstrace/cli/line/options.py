"""The table of options: the parser, the environment variables, the help and the completions all read it.

To add an option, add an entry to `OPTIONS` (and, where it sets something new, a field to
`choices.Choices`). An entry names the key under which the parser files the value, so that several
options can set one thing: `--short`, `--json` and `--jsonl` all set `output`, and exclude each other.

An entry also says what the option excludes, what it needs and what it implies: `fitting` checks a command
line against that, and the help, the manual and the completions show it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dnstrace.cli.line import addresses, names, rdtypes, values
from dnstrace.cli.line.forms import FAIL_ON, FORMATS, LEVELS, Output, in_format
from dnstrace.cli.line.option import SECURITY, WORLD, Completes, Group, Need, Option

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BY_LETTER", "BY_NAME", "BY_OPPOSITE", "BY_PLUS", "EXCLUSIONS", "IGNORED", "IMPLIED", "OPTIONS",
    "SECURITY", "SHELLS", "WORLD", "Completes", "Group", "Need", "Option", "alternatives",
    "excluded",
]  # fmt: skip

PUBLIC = ("cloudflare", "google", "opendns", "quad9")  # as data/public-resolvers.toml lists them
SHELLS = ("bash", "zsh", "fish", "powershell")


def _tries_of_retries(text: str) -> int:
    """How many tries dig's `+retry` means: it does not count the first (dig(1))."""
    return values.whole(0, 99)(text) + 1


_ONE_QUESTION = (("file",), "{me} is for one question")
_ONE_PRINTED = (("file",), "{me} prints one question; use --jsonl or --short")
_COMPARED = (("diff", "watch"), "{it} keeps nothing of what it compares")
_SIGNATURES = "{me} sets the time at which signatures are judged"
_FINDINGS = (("check",), "{me} is about what a check finds")
_HERE = (("from",), "{me} is for traces from here")
_MANY = (("file",), "{me} is for many names; give a file of them, or - for standard input")


def _later(module: str, name: str) -> Callable[[str], object]:
    """A converter in a module of this package that is imported when there is something to convert."""

    def convert(text: str) -> object:
        found: object = getattr(import_module(f"dnstrace.cli.line.{module}"), name)(text)
        return found

    return convert


_REAL = (
    "trust-anchor",
    "at",
    "resolver",
    "undelegated",
    "ds",
)  # beyond Group.ASK: what is of the real Internet

OPTIONS: tuple[Option, ...] = (
    Option("type", Group.WHAT, "The record type to ask for, also as TYPEnnn", short="t", metavar="TYPE",
           convert=rdtypes.rdtype, repeatable=True, completes=Completes.TYPE),
    Option("name", Group.WHAT, "A name, even one that looks like a type", short="q", metavar="NAME",
           convert=names.named, repeatable=True, key="subject"),
    Option("reverse", Group.WHAT, "The reverse name of an address (type PTR)", short="x", metavar="ADDR",
           convert=names.reverse, repeatable=True, key="subject"),
    Option("lab", Group.WHAT, "Trace in a built-in internet or FILE; 'list', 'new'", metavar="WORLD",
           convert=values.world, optional=True, value="", completes=Completes.WORLD,
           disregards=frozenset({Group.ASK, *_REAL}),
           excludes=((("replay",), "a record is a world of its own"), _HERE)),
    Option("from", Group.WHAT, "Trace from here, ssh://HOST or command:... too", metavar="PLACE",
           convert=_later("places", "place"), repeatable=True, whole=True, choices=("here",),
           excludes=((("replay",), "a record is replayed for the places that it has"),)),
    Option("serve", Group.WHAT, "Answer a world of the lab, for dig and others", metavar="WHERE",
           convert=values.one_of("ports", "addresses"), optional=True, value="ports",
           choices=("ports", "addresses"), implies=("lab",), only_typed=True),
    Option("ipv4", Group.ASK, "Ask over IPv4 only", short="4",
           excludes=((("ipv6",), "leave out both to ask over either"),)),
    Option("ipv6", Group.ASK, "Ask over IPv6 only", short="6"),
    Option("port", Group.ASK, "The port to ask ({port})", short="p", metavar="N",
           convert=values.within("PORT")),
    Option("bind", Group.ASK, "The address to ask from", short="b", metavar="ADDR",
           convert=addresses.source),
    Option("tcp", Group.ASK, "Ask over TCP only", plus={"vc": None}),
    Option("timeout", Group.ASK, "Seconds to wait for a reply ({timeout:g})", metavar="S",
           convert=values.seconds, plus={"time": None}),
    Option("tries", Group.ASK, "How often to try one address at most ({tries})", metavar="N",
           convert=values.within("TRIES"), plus={"retry": _tries_of_retries}),
    Option("deadline", Group.ASK, "Seconds the whole trace may take ({deadline:g})", metavar="S",
           convert=values.seconds),
    Option("max-queries", Group.ASK, "Queries the whole trace may send ({max_queries})", metavar="N",
           convert=values.within("QUERIES")),
    Option("bufsize", Group.ASK, "Octets to accept over UDP ({edns.payload})", metavar="N",
           convert=values.within("PAYLOAD")),
    Option("no-edns", Group.ASK, "Ask without EDNS",
           excludes=((("nsid", "zoneversion", "cookie", "subnet", "bufsize"), "{it} is part of EDNS"),
                     (("dnssec",), "signatures are asked for with EDNS"))),
    Option("nsid", Group.ASK, "Ask servers to identify themselves (RFC 5001)"),
    Option("zoneversion", Group.ASK, "Ask which version of the zone answers (RFC 9660)"),
    Option("cookie", Group.ASK, "Send a DNS cookie (RFC 7873)"),
    Option("subnet", Group.ASK, "Ask as a client in this network (RFC 7871)", metavar="NET",
           convert=addresses.network),
    Option("root-hints", Group.ASK, "Start from the root servers in FILE", metavar="FILE",
           convert=values.file, completes=Completes.FILE),
    Option("prime", Group.ASK, "Ask the root for its servers first (RFC 9609)"),
    Option("qmin", Group.ASK, "Show each server only what it needs (RFC 9156)"),
    Option("seed", Group.ASK, "Repeat the random choices of an earlier trace", metavar="N",
           convert=values.within("SEED")),
    Option("all-servers", Group.CHECK, "Ask every address of every name server", short="a"),
    Option("check", Group.CHECK, "Find what is wrong, using further queries", implies=("dnssec",),
           excludes=((("parent-only",), "a check asks the servers of the zone itself"),)),
    Option("dnssec", Group.CHECK, "Validate the answer, and say what fails",
           excludes=((("parent-only",), "without an answer there is nothing to validate"),)),
    Option("trust-anchor", Group.CHECK, "Trust the DS or DNSKEY records in FILE", metavar="FILE",
           convert=values.file, completes=Completes.FILE, implies=("dnssec",),
           excludes=((("no-dnssec",), "trust anchors are where validation starts"),)),
    Option("at", Group.CHECK, "Judge signatures as of TIME, such as 20260131", metavar="TIME",
           convert=values.moment,
           excludes=((("no-dnssec",), _SIGNATURES), (("parent-only",), _SIGNATURES)),
           needs=((("dnssec", WORLD), _SIGNATURES),)),
    Option("resolver", Group.CHECK, "Ask this resolver too, and compare", metavar="ADDR",
           choices=("system", "public", *PUBLIC),
           convert=_later("resolvers", "resolvers"), repeatable=True,
           excludes=((("parent-only",), "a resolver gives answers, not referrals"),)),
    Option("adot", Group.CHECK, "Ask name servers over TLS too (RFC 9539)",
           excludes=(_ONE_QUESTION,)),
    Option("parent-only", Group.CHECK, "Show only what the parent says of the zone"),
    Option("undelegated", Group.CHECK, "As if ZONE were delegated to NS", metavar="ZONE=NS",
           convert=_later("supposing", "undelegated"), repeatable=True, whole=True),
    Option("ds", Group.CHECK, "As if ZONE had this DS record", metavar="ZONE=DS",
           convert=_later("supposing", "ds"), repeatable=True, whole=True, implies=("dnssec",)),
    Option("expect", Group.CHECK, "Exit 5 unless it holds, e.g. a=192.0.2.44", metavar="WHAT",
           convert=values.expectations, repeatable=True, whole=True),
    Option("fail-on", Group.CHECK, "Exit 5 for findings of LEVEL and worse (error)",
           metavar="LEVEL", convert=values.one_of(*FAIL_ON), choices=FAIL_ON,
           needs=((("check", "resolver"), _FINDINGS[1]),)),
    Option("ignore", Group.CHECK, "Accept findings: CODE[@ZONE][@SERVER]", metavar="FINDING",
           convert=_later("ignoring", "ignore"), repeatable=True, needs=(_FINDINGS,)),
    Option("ignore-file", Group.CHECK, "Accept those in FILE: CODE... [until DAY] WHY", metavar="FILE",
           convert=values.file, repeatable=True, completes=Completes.FILE, needs=(_FINDINGS,)),
    Option("level", Group.CHECK, "Show only findings of LEVEL and worse", metavar="LEVEL",
           convert=values.one_of(*LEVELS), choices=LEVELS, needs=(_FINDINGS,),
           excludes=((("json", "jsonl", "format"), "{it} has all findings"),)),
    Option("http", Group.CHECK, "Fetch the page too, from each address",
           excludes=((("parent-only",), "a referral has no page"),
                     (("replay",), "a replay shows the page that was fetched"),
                      _ONE_QUESTION, _COMPARED, _HERE)),
    Option("short", Group.PRINT, "Only the data of the answer, as dig +short",
           key="output", value=Output.SHORT),
    Option("json", Group.PRINT, "The whole trace as one JSON object", key="output", value=Output.JSON,
           single="prints one question", excludes=(_ONE_PRINTED,)),
    Option("jsonl", Group.PRINT, "One JSON object per line for each question",
           key="output", value=Output.JSONL),
    Option("mermaid", Group.PRINT, "A map of the trace in Mermaid, for tickets",
           key="output", value=Output.MERMAID, single="prints one question",
           excludes=(_ONE_PRINTED, _HERE)),
    Option("dot", Group.PRINT, "The same map for Graphviz", key="output", value=Output.DOT,
           single="prints one question", excludes=(_ONE_PRINTED,)),
    Option("brief", Group.PRINT, "JSON of about 1 kB: no steps, no evidence",
           needs=((("json", "jsonl"), "{me} is about the JSON output"),),
           excludes=((("verbose", "explain-steps"), "{it} adds to the steps, which {me} leaves out"),)),
    Option("format", Group.PRINT, "One document for CI or monitoring, e.g. junit", metavar="FORM",
           convert=in_format, key="output", choices=FORMATS, excludes=(_COMPARED, _HERE)),
    Option("html", Group.PRINT, "Write it all as a page to FILE (with -f: to DIR)", metavar="FILE",
           convert=values.file, completes=Completes.NEW_FILE, single="shows one trace",
           excludes=(_COMPARED,)),
    Option("svg", Group.PRINT, "Draw the map to FILE", metavar="FILE", convert=values.file,
           completes=Completes.NEW_FILE, single="shows one trace",
           excludes=(_ONE_QUESTION, _COMPARED, _HERE)),
    Option("color", Group.PRINT, "Colours: auto, always or never", metavar="WHEN",
           convert=values.one_of("auto", "always", "never"), choices=("auto", "always", "never")),
    Option("verbose", Group.PRINT, "Show headers and records too, as dig does", short="v"),
    Option("explain-steps", Group.PRINT, "Say in plain words what each step is for"),
    Option("file", Group.MANY, "Names from FILE, one a line; '-' is stdin", short="f",
           metavar="FILE", convert=values.file, completes=Completes.FILE,
           excludes=((("name", "reverse"), "give all names in one place"),),
           disregards=frozenset({"expect", "html"})),
    Option("concurrency", Group.MANY, "Names to trace at a time (200; to check: 32)", metavar="N",
           convert=values.whole(1, 10_000), needs=(_MANY,)),
    Option("workers", Group.MANY, "Processes (by default one a processor)", metavar="N",
           convert=values.whole(1, 256), needs=(_MANY,), excludes=(_HERE,)),
    Option("rate", Group.MANY, "Send at most N queries a second", metavar="N",
           convert=values.whole(1, 1_000_000), needs=(_MANY,), excludes=(_HERE,)),
    Option("no-share", Group.MANY, "Trace each name on its own, sharing nothing", needs=(_MANY,)),
    Option("dask", Group.MANY, "Trace on the Dask cluster of this scheduler", metavar="ADDRESS",
           convert=values.scheduler, needs=(_MANY,),
           excludes=((("workers", "lab"), "the cluster traces, not this machine"), _HERE)),
    Option("out", Group.MANY, "Write the results to FILE", short="o", metavar="FILE",
           convert=values.file, completes=Completes.NEW_FILE,
           needs=((("file",), "{me} is for many names; of one, redirect the output: > FILE"),)),
    Option("resume", Group.MANY, "Continue the FILE of -o: trace what it lacks",
           needs=(_MANY, (("out",), "{me} continues that file"),
                  (("jsonl",), "{me} reads the results that are in the file")),
           excludes=((("html",), "the results that are in the file have no pages"),)),
    Option("retry-failed", Group.MANY, "Trace again what got no replies (with --resume)",
           needs=(_MANY, (("resume",), "{me} is about the results of an earlier run"))),
    Option("only-bad", Group.MANY, "Only failures and errors; NXDOMAIN is neither",
           needs=(_MANY,), excludes=((("resume",), "the names left out would be traced again"),
                                     (("format",), "that document has all names"))),
    Option("ordered", Group.MANY, "Results in the order of the names", needs=(_MANY,)),
    Option("save", Group.KEEP, "Save the trace to FILE, or FILE.gz, for --replay", metavar="FILE",
           convert=values.file, completes=Completes.NEW_FILE, single="keeps one trace",
           excludes=(_ONE_QUESTION, _COMPARED)),
    Option("replay", Group.KEEP, "Trace again from a saved trace, with no network", metavar="FILE",
           convert=values.file, completes=Completes.FILE,
           excludes=(_ONE_QUESTION,),
           disregards=frozenset({Group.WHAT, Group.ASK, Group.CHECK, Group.MANY})),
    Option("diff", Group.KEEP, "What has changed since OLD, or from OLD to NEW", metavar="OLD",
           convert=values.file, repeatable=True, whole=True, completes=Completes.FILE,
           another=values.is_file, single="compares one question",
           excludes=(_ONE_QUESTION, (("watch",), "one compares once, the other again and again"))),
    Option("watch", Group.KEEP, "Trace every S seconds until something changes", metavar="S",
           convert=values.seconds, single="follows one question", excludes=(_ONE_QUESTION, _HERE)),
    Option("until", Group.KEEP, "With --watch: until 'ok' (no error left), or 'change'", metavar="WHAT",
           convert=values.until, choices=("ok", "change"),
           needs=((("watch",), "{me} says when watching ends"),)),
    Option("drop", Group.KEEP, "Treat SERVER as dead (with --replay or --lab)", metavar="SERVER",
           convert=names.server_named, repeatable=True,
           needs=((("replay", "lab"), "a live server cannot be treated as dead"),)),
    Option("pcap", Group.KEEP, "Save the packets to FILE, for Wireshark", metavar="FILE",
           convert=values.file, completes=Completes.NEW_FILE, single="shows one trace",
           excludes=(_ONE_QUESTION, _COMPARED, _HERE)),
    Option("force", Group.KEEP, "Overwrite files that exist"),
    Option("version", Group.ABOUT, "Print the version"),
    Option("help", Group.ABOUT, "Print this help", short="h"),
    Option("schema", Group.ABOUT, "Print the JSON Schema of the output"),
    Option("explain", Group.ABOUT, "Explain a finding or a word, or 'list' them", metavar="WORD",
           convert=values.explained, optional=True, phrase=True, value="list",
           completes=Completes.WORD),
    Option("as-place", Group.ABOUT, "Trace for the --from of another machine", metavar="TOKEN",
           convert=_later("places", "token")),
    Option("show-config", Group.ABOUT, "Print the defaults that are set, and where"),
    Option("no-config", Group.ABOUT, "Trace without the configuration file", traces=True),
    Option("show-completion", Group.ABOUT, "Print the completion for a shell", metavar="SHELL",
           convert=values.one_of(*SHELLS), optional=True, value="", choices=SHELLS),
    Option("install-completion", Group.ABOUT, "Install it for a shell, or yours", metavar="SHELL",
           convert=values.one_of(*SHELLS), optional=True, value="", choices=SHELLS),
)  # fmt: skip
"""All options, in the order in which the help lists them."""

IGNORED = frozenset({"trace", "norec", "norecurse", "nordflag"})
"""dig's words that are accepted after a `+` and change nothing: dnstrace always does what they say."""

BY_NAME = {each.name: each for each in OPTIONS}
BY_LETTER = {letter: each for each in OPTIONS for letter in each.short}
BY_OPPOSITE = {each.opposite: each for each in OPTIONS if each.opposite}
BY_PLUS = {word: (each, convert) for each in OPTIONS for word, convert in (each.plus or {}).items()}


def _exclusions() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {SECURITY: {"no-dnssec": "only validation can tell"}}
    for option in OPTIONS:
        for others, why in option.excludes:
            found.setdefault(option.name, {}).update(dict.fromkeys(others, why))
    for forms in alternatives():
        for place, name in enumerate(forms):
            found.setdefault(name, {}).update(dict.fromkeys(forms[place + 1 :], "give one of them"))
    return found


def alternatives() -> tuple[tuple[str, ...], ...]:
    """The names of options that set one thing, of which one can be typed: the forms of the output."""
    by_key: dict[str, list[str]] = {}
    for option in OPTIONS:
        if option.key and not option.repeatable:
            by_key.setdefault(option.key, []).append(option.name)
    return tuple(tuple(names) for names in by_key.values() if len(names) > 1)


EXCLUSIONS = _exclusions()
"""By the name of an option, what it excludes and why; each exclusion stands once."""

IMPLIED = {each.name: each.implies for each in OPTIONS if each.implies} | {SECURITY: ("dnssec",)}
"""By the name of an option, what it does too, unless that is taken back."""


def excluded(name: str) -> tuple[str, ...]:
    """The names of what excludes an option, or the opposite of a flag: options, then opposites."""
    own = {name, *IMPLIED.get(name, ())}
    return tuple(
        each
        for each in (*BY_NAME, *BY_OPPOSITE)
        if any(
            second in EXCLUSIONS.get(first, {}) or first in EXCLUSIONS.get(second, {})
            for first in own
            for second in (each, *IMPLIED.get(each, ()))
        )
    )
