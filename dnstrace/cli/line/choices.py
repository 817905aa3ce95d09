"""What the user chose, whole and checked: the words of `syntax` put together as values of the model."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.habits import eaten
from dnstrace.cli.line.lists import Many, many
from dnstrace.cli.line.options import Output
from dnstrace.cli.line.supposing import supposed
from dnstrace.cli.line.values import is_address
from dnstrace.cli.usage import Usage
from dnstrace.model import Edns, Question, Settings, family_of
from dnstrace.model.limits import Limits, limits_for
from dnstrace.walk.fallback import CLIENT_COOKIE, COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dns.rdatatype import RdataType

    from dnstrace.cli.line.syntax import Parsed
    from dnstrace.model import Delegation, Name
    from dnstrace.model.asked import Resolver
    from dnstrace.model.expectations import Expectation
    from dnstrace.record import Record

_NSID = (3, b"")  # RFC 5001 section 2.1: empty in a query
_SUBNET = 8  # RFC 7871 section 6
_MOST_RESOLVERS = 32  # asked at once, each by a socket of its own
_OF_ONE = {Output.JSON, Output.MERMAID, Output.DOT}  # forms that show one question
_NO_NAME = "no name to trace: try `dnstrace www.example.com`, or `dnstrace --lab` for the embedded internet"


@dataclass(frozen=True, slots=True)
class Display:
    """What to print: in which form, in full or not, with a sentence on each step or not, in colour or not.

    `color` is auto, always or never.
    """

    output: Output = Output.TREE
    verbose: bool = False
    explain_steps: bool = False
    color: str = "auto"


@dataclass(frozen=True, slots=True)
class Files:
    """What to keep: the paths of the files for the trace, its packets, map and page, or None.

    `force` allows them to be there already.
    """

    save: str | None = None
    pcap: str | None = None
    svg: str | None = None
    html: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """One run of the command.

    What to trace: `questions`, each to be traced; where there are none the world's own is, with
    `types` in place of its type if there are any. `server` is an address or a name to start from, or
    None; `hints` the path of a hints file, or None; `lab` a world, `list`, or None.
    How to ask: `settings`, `limits`, `seed`. What to check: `dnssec`, by the trust anchors in the file
    `anchors` or those of the package, as of `at` (seconds since 1970) or now; `expected` is of every
    trace that can tell it; `resolvers` are asked beside each; `parent_only` ends each with the referral;
    `supposed` are delegations as they are to be. With `http` the page is fetched too, by the URL in `urls`
    where a name was given as one. `many` are many names, or None. `diff` are the files to compare, `watch`
    the seconds from one trace to the next, or None. `record` is what is replayed, or None; the servers in
    `drop`, by name or address, are taken to be dead.
    """

    questions: tuple[Question, ...]
    types: tuple[RdataType, ...]
    server: str | None
    hints: str | None
    lab: str | None
    settings: Settings
    limits: Limits
    seed: int | None
    dnssec: bool
    anchors: str | None
    at: float | None
    expected: tuple[Expectation, ...]
    resolvers: tuple[Resolver, ...]
    parent_only: bool
    supposed: tuple[Delegation, ...]
    shown: Display = Display()
    files: Files = Files()
    http: bool = False
    urls: Mapping[Name, str] = field(default_factory=dict)
    many: Many | None = None
    diff: tuple[str, ...] = ()
    watch: float | None = None
    record: Record | None = None
    drop: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether it is the network that is asked: not the lab, nor a record."""
        return self.lab is None and self.record is None


def choices(parsed: Parsed) -> Choices:
    """Put together what was parsed. Raises Usage where one choice contradicts another."""
    chosen: Mapping[str, Any] = parsed.settings
    settings, limits = _how_to_ask(chosen, parsed)
    return Choices(
        questions=_questions(chosen),
        types=_types(chosen),
        server=_server(parsed),
        hints=chosen.get("root-hints"),
        lab=chosen.get("lab"),
        settings=settings,
        limits=limits,
        seed=chosen.get("seed"),
        dnssec=_dnssec(chosen),
        anchors=chosen.get("trust-anchor"),
        at=chosen.get("at"),
        expected=_expected(chosen),
        resolvers=_resolvers(chosen, settings.families),
        parent_only="parent-only" in chosen,
        supposed=_supposed(chosen),
        shown=Display(
            chosen.get("output", Output.TREE),
            bool(chosen.get("verbose")),
            bool(chosen.get("explain-steps")),
            chosen.get("color", "auto"),
        ),
        files=Files(
            chosen.get("save"), chosen.get("pcap"), chosen.get("svg"), chosen.get("html"), "force" in chosen
        ),
        http="http" in chosen,
        urls={subject.name: subject.url for subject in chosen.get("subject", ()) if subject.url},
        many=many(chosen),
        diff=tuple(chosen.get("diff", ())),
        watch=chosen.get("watch"),
        record=chosen.get("record"),
        drop=_dropped(chosen),
    )


def _how_to_ask(chosen: Mapping[str, Any], parsed: Parsed) -> tuple[Settings, Limits]:
    """The settings and the bounds: those of the record, unless something is said of them."""
    if chosen.get("as-recorded"):
        return chosen["record"].tracing.settings, chosen["record"].tracing.bounds
    settings = _settings(chosen, _server(parsed))
    return settings, _limits(chosen, settings)


def _dropped(chosen: Mapping[str, Any]) -> tuple[str, ...]:
    if chosen.get("drop") and not {"record", "lab"} & set(chosen):
        raise Usage("--drop is for --replay and --lab: what lives is not for this program to kill")
    return tuple(chosen.get("drop", ()))


def _dnssec(chosen: Mapping[str, Any]) -> bool:
    """Whether to validate; a file of trust anchors, or what is expected, would be for nothing otherwise."""
    secure = any(expectation.what == "security" for expectation in _expected(chosen))
    dnssec = secure or bool({"dnssec", "trust-anchor", "check", "ds"} & set(chosen))
    if "at" in chosen and not dnssec and not chosen.get("lab"):  # some worlds are validated of themselves
        raise Usage("--at is the time as of which signatures are judged: add --dnssec")
    if "check" in chosen and "parent-only" in chosen:
        raise Usage("--check and --parent-only exclude each other: what is checked is the zone's own servers")
    if dnssec and "parent-only" in chosen:
        raise Usage("--dnssec and --parent-only exclude each other: without an answer nothing is validated")
    if dnssec and "no-edns" in chosen:
        raise Usage("--dnssec and --no-edns exclude each other: signatures are asked for with EDNS")
    return dnssec


def _expected(chosen: Mapping[str, Any]) -> tuple[Expectation, ...]:
    return tuple(expectation for several in chosen.get("expect", ()) for expectation in several)


def _supposed(chosen: Mapping[str, Any]) -> tuple[Delegation, ...]:
    return supposed(chosen.get("undelegated", ()), chosen.get("ds", ()))


def _resolvers(chosen: Mapping[str, Any], families: frozenset[int]) -> tuple[Resolver, ...]:
    """The resolvers to ask, each once; of those of the system, those that may be asked."""
    if chosen.get("resolver") and "parent-only" in chosen:
        raise Usage("--resolver and --parent-only exclude each other: a resolver has answers, no referrals")
    found: list[Resolver] = []
    for several in chosen.get("resolver", ()):
        askable = [each for each in several if _family(each) in (None, *families)]
        if not askable:
            only = f"only IPv{min(families)} is to be asked over"
            raise Usage(f"--resolver {several[0].address} is an IPv{_family(several[0])} address, but {only}")
        found += askable
    if len(found := list(dict.fromkeys(found))) > _MOST_RESOLVERS:
        raise Usage(f"{_MOST_RESOLVERS} resolvers are enough, and these are {len(found)}")
    return tuple(found)


def _family(resolver: Resolver) -> int | None:
    """4 or 6; None for the host of a URL, whose addresses are not known yet."""
    return family_of(resolver.address) if is_address(resolver.address) else None


def _types(chosen: Mapping[str, Any]) -> tuple[RdataType, ...]:
    """The types given; NS where only the parent is to be heard and none is."""
    if "parent-only" in chosen and not chosen.get("type"):
        from dns.rdatatype import NS

        return (NS,)
    return tuple(chosen.get("type", ()))


def _questions(chosen: Mapping[str, Any]) -> tuple[Question, ...]:
    """Every name with every type, each once, in the order given."""
    questions = tuple(
        dict.fromkeys(
            Question(subject.name, rdtype)
            for subject in chosen.get("subject", ())
            for rdtype in _types(chosen) or (subject.rdtype,)
        )
    )
    count = len(questions) or len(chosen.get("type", ()))  # without a name, each is asked of the world's own
    if count > 1 and (output := chosen.get("output")) in _OF_ONE:
        instead = "use --jsonl, one object a line" if output is Output.JSON else "give one name and type"
        raise Usage(f"--{output} prints one question, and these are {count}: {instead}")
    if not questions and "lab" not in chosen and "file" not in chosen:
        typed = chosen.get("type") or ()
        hint = (
            f" ({typed[0].name} is a type; as a name it is written '{typed[0].name.lower()}.')"
            if typed
            else ""
        )
        raise Usage(_NO_NAME + (hint or eaten(chosen)))
    return questions


def _server(parsed: Parsed) -> str | None:
    if len(parsed.servers) > 1:
        raise Usage(f"one @SERVER to start from is enough, and these are {len(parsed.servers)}")
    return parsed.servers[0] if parsed.servers else None


def _settings(chosen: Mapping[str, Any], server: str | None) -> Settings:
    given = {
        key: chosen[key]
        for key in ("port", "tcp", "timeout", "tries", "bind", "prime", "qmin")
        if key in chosen
    }
    given |= {"all_servers": True} if {"all-servers", "check"} & set(chosen) else {}
    given |= {"probe": True} if "check" in chosen else {}
    return replace(Settings(), families=_families(chosen, server), edns=_edns(chosen), **given)


def _families(chosen: Mapping[str, Any], server: str | None) -> frozenset[int]:
    """The address families to ask over: those that the flags and the address to ask from allow."""
    if "ipv4" in chosen and "ipv6" in chosen:
        raise Usage("-4 and -6 exclude each other: leave both out to ask over either")
    families = frozenset({4} if "ipv4" in chosen else {6} if "ipv6" in chosen else {4, 6})
    for said, address in (("-b ", chosen.get("bind")), ("@", server)):
        if address is None or not is_address(address):
            continue
        family = family_of(address)
        if family not in families:
            raise Usage(
                f"{said}{address} is an IPv{family} address, but only IPv{10 - family} is to be asked over"
            )
        families = frozenset({family}) if said == "-b " else families
    return families


def _edns(chosen: Mapping[str, Any]) -> Edns | None:
    if "no-edns" not in chosen:
        edns = Edns(options=tuple(_edns_options(chosen)))
        return replace(edns, payload=chosen["bufsize"]) if "bufsize" in chosen else edns
    for each in ("nsid", "cookie", "subnet", "bufsize"):
        if each in chosen:
            raise Usage(f"--no-edns and --{each} exclude each other: --{each} is a part of EDNS")
    return None


def _edns_options(chosen: Mapping[str, Any]) -> Iterator[tuple[int, bytes]]:
    if "nsid" in chosen:
        yield _NSID
    if "cookie" in chosen:
        yield COOKIE, os.urandom(CLIENT_COOKIE)
    if "subnet" in chosen:
        yield _SUBNET, chosen["subnet"]


def _limits(chosen: Mapping[str, Any], settings: Settings) -> Limits:
    given = {"deadline": chosen.get("deadline"), "max_queries": chosen.get("max-queries")}
    return replace(limits_for(settings), **{key: value for key, value in given.items() if value is not None})
