"""What the user chose, whole and checked: what was set, put together as values of the model."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from dnstrace.cli.line.asking import limits_of, settings_of
from dnstrace.cli.line.fitting import everything, expected, families, families_of
from dnstrace.cli.line.forms import ALL_LEVELS, Output
from dnstrace.cli.line.options import OPTIONS, Completes
from dnstrace.cli.line.questions import questions, types
from dnstrace.cli.usage import Usage, shown
from dnstrace.model import Question, Settings
from dnstrace.model.limits import Limits
from dnstrace.model.policy import USUAL, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dns.rdatatype import RdataType

    from dnstrace.cli.line.lists import Many
    from dnstrace.cli.line.parsed import Parsed
    from dnstrace.cli.loading import Loaded
    from dnstrace.model import Delegation, Name
    from dnstrace.model.asked import Resolver
    from dnstrace.model.documents import Document
    from dnstrace.model.expectations import Expectation
    from dnstrace.model.places import Place
    from dnstrace.model.tracing import Tracing
    from dnstrace.record import Record
    from dnstrace.record.several import Placed

_MOST_PLACES = 32  # each takes a process of its own
_MOST_RESOLVERS = 32  # asked at once, each by a socket of its own
_NO_NAME = "no name to trace: try `dnstrace www.example.com`, or `dnstrace --lab` for the embedded internet"


class Display(NamedTuple):
    """What to print: in which form, whether in full, with a sentence on each step, in colour.

    `color` is auto, always or never. With `brief`, JSON is without steps and evidence; of many names, with
    `only_bad`, those that are in order are left out. Findings are shown from `level` on.
    """

    output: Output = Output.TREE
    verbose: bool = False
    explain_steps: bool = False
    color: str = "auto"
    brief: bool = False
    only_bad: bool = False
    level: str = ALL_LEVELS


class Files(NamedTuple):
    """What to keep: the paths of the files for the trace, its packets, map and page, or None.

    With `force`, files that exist are overwritten.
    """

    save: str | None = None
    pcap: str | None = None
    svg: str | None = None
    html: str | None = None
    force: bool = False


class Choices(NamedTuple):
    """One run of the command.

    What to trace: each of `questions`; where there are none, the world's own, with `types` in place of
    its type if there are any. `server` is an address or a name to start from, or None; `hints` the path of
    a hints file, or None; `lab` a world, `list`, or None.

    How to ask: `settings`, `limits`, `seed`.

    What to check: whether to validate, `dnssec`, with the trust anchors in the file `anchors` or those of the
    package, as of `at` (seconds since 1970) or now; None leaves it to the world of the lab. `expected` is
    expected of every trace that can tell; `policy` says what findings lead to; `resolvers` are asked too;
    `parent_only` ends each trace with the referral; `supposed` are delegations taken as if they stood in the
    parent zone. With `http` the page is fetched too, by the URL in `urls` where a name was given as one; from
    private addresses only where it was `http_typed`, and not set by a variable. `called` has the user's names
    for resolvers, by address.

    `many` says how to trace many names, or is None. `diff` holds the documents to compare, one or two;
    `watch` the seconds from one trace to the next, or None, `until` what ends that: `ok`, `change`, or empty
    for what is expected, else a change. `record` is what is replayed, or None. The
    servers in `drop`, by name or address, are treated as dead. `remarks` are lines for the user. `serve` says
    where the world is answered instead of a trace: on `ports` or at its own `addresses`; None for a trace.
    `places` are where to trace from, none for here alone; `replayed` are those of the record. With
    `system_there` the resolvers of each place's system are asked too. With `without_adot` no name server is
    asked over TLS, even where the world's file says so. `earlier` is how the trace to compare with was made:
    its own root servers and trust anchors hold unless others are given.
    """

    questions: tuple[Question, ...]
    types: tuple[RdataType, ...]
    server: str | None
    hints: str | None
    lab: str | None
    settings: Settings
    limits: Limits
    seed: int | None
    dnssec: bool | None
    anchors: str | None
    at: float | None
    expected: tuple[Expectation, ...]
    resolvers: tuple[Resolver, ...]
    parent_only: bool
    supposed: tuple[Delegation, ...]
    policy: Policy = USUAL
    shown: Display = Display()
    files: Files = Files()
    http: bool = False
    http_typed: bool = False
    urls: Mapping[Name, str] = MappingProxyType({})
    called: Mapping[str, str] = MappingProxyType({})
    many: Many | None = None
    diff: tuple[Document, ...] = ()
    watch: float | None = None
    until: str = ""
    record: Record | None = None
    drop: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    serve: str | None = None
    places: tuple[Place, ...] = ()
    replayed: tuple[Placed, ...] = ()
    system_there: bool = False
    without_adot: bool = False
    earlier: Tracing | None = None

    @property
    def is_live(self) -> bool:
        """Whether the network is asked, rather than the lab or a record."""
        return self.lab is None and self.record is None


def choices(parsed: Parsed, loaded: Loaded | None = None) -> Choices:
    """Put together what was set, and what was read for `--replay` and `--diff`. Raises Usage."""
    chosen: Mapping[str, Any] = parsed.settings
    settings, limits = _how_to_ask(parsed, loaded)
    policy = _policy(parsed)
    return Choices(
        questions=_questions(parsed),
        types=types(chosen),
        server=parsed.servers[0] if parsed.servers else None,
        hints=chosen.get("root-hints"),
        lab=chosen.get("lab", "" if "serve" in chosen else None),
        settings=settings,
        limits=limits,
        seed=chosen.get("seed"),
        dnssec=_dnssec(parsed),
        anchors=chosen.get("trust-anchor"),
        at=chosen.get("at"),
        expected=expected(chosen),
        resolvers=_chosen_resolvers(chosen, settings.families),
        parent_only="parent-only" in chosen,
        supposed=_supposed(chosen),
        policy=policy,
        shown=Display(
            chosen.get("output", Output.TREE),
            bool(chosen.get("verbose")),
            bool(chosen.get("explain-steps")),
            chosen.get("color", "auto"),
            "brief" in chosen,
            "only-bad" in chosen,
            chosen.get("level", ALL_LEVELS),
        ),
        files=Files(
            chosen.get("save"), chosen.get("pcap"), chosen.get("svg"), chosen.get("html"), "force" in chosen
        ),
        http="http" in chosen,
        http_typed=parsed.of_words("http"),
        urls={subject.name: subject.url for subject in chosen.get("subject", ()) if subject.url},
        many=_many(chosen),
        diff=loaded.documents if loaded else (),
        watch=chosen.get("watch"),
        until=chosen.get("until", ""),
        record=loaded.record if loaded else None,
        drop=tuple(chosen.get("drop", ())),
        serve=chosen.get("serve"),
        places=_places(chosen),
        replayed=loaded.places if loaded else (),
        system_there=_system_there(chosen),
        without_adot="adot" in parsed.undone or "file" in chosen,  # as --adot is not for lists
        remarks=_remarks(parsed, policy),
        earlier=loaded.earlier if loaded else None,
    )


def _remarks(parsed: Parsed, policy: Policy) -> tuple[str, ...]:
    """How names were read, which resolvers are not asked, and what is written as an earlier version did."""
    chosen: Mapping[str, Any] = parsed.settings
    read = {subject.remark: None for subject in chosen.get("subject", ()) if subject.remark}
    if {"resolver", "lab"} & chosen.keys() and len(families(parsed)) == 1:
        from dnstrace.cli.line.unasked import unasked

        read |= dict.fromkeys(filter(None, (unasked(parsed),)))
    if not policy.ignores:
        return tuple(read)
    from dnstrace.cli.line.former import remarks

    return (*read, *remarks(policy.ignores))


def _how_to_ask(parsed: Parsed, loaded: Loaded | None) -> tuple[Settings, Limits]:
    """The settings and the bounds: those of the record, unless something else was typed of them."""
    if loaded and loaded.record is not None and loaded.replayed is not None:
        from dnstrace.cli.line.recorded import as_recorded

        if as_recorded(parsed, loaded.replayed):
            return loaded.record.tracing.settings, loaded.record.tracing.bounds
    settings = settings_of(parsed)
    return settings, limits_of(parsed.settings, settings)


def _dnssec(parsed: Parsed) -> bool | None:
    """Whether to validate: what is checked or expected may imply it, and `--no-dnssec` beats that."""
    if "dnssec" in everything(parsed):
        return True
    return False if "dnssec" in parsed.undone else None


def _supposed(chosen: Mapping[str, Any]) -> tuple[Delegation, ...]:
    if not {"undelegated", "ds"} & set(chosen):
        return ()
    from dnstrace.cli.line.supposing import supposed

    return supposed(chosen.get("undelegated", ()), chosen.get("ds", ()))


def _policy(parsed: Parsed) -> Policy:
    if not (found := {"fail-on", "ignore", "ignore-file"} & set(parsed.settings)):
        return USUAL
    from dnstrace.cli.line.policy import policy

    return policy(parsed.settings, [*filter(parsed.of_words, found)])


def _many(chosen: Mapping[str, Any]) -> Many | None:
    if "file" not in chosen:
        return None
    from dnstrace.cli.line.lists import many

    return many(chosen)


def _chosen_resolvers(chosen: Mapping[str, Any], families: frozenset[int]) -> tuple[Resolver, ...]:
    """The resolvers to ask, each once; of those of the system, the ones that may be asked."""
    several = (each for some in chosen.get("resolver", ()) for each in some)
    found = tuple(dict.fromkeys(each for each in several if families_of([each]) & families))
    if len(found) > _MOST_RESOLVERS:
        raise Usage(f"at most {_MOST_RESOLVERS} resolvers can be asked, and these are {len(found)}")
    return found


def _places(chosen: Mapping[str, Any]) -> tuple[Place, ...]:
    """The places to trace from, each once."""
    found = tuple(dict.fromkeys(chosen.get("from", ())))
    if len(found) > _MOST_PLACES:
        raise Usage(f"at most {_MOST_PLACES} places can be traced from, and these are {len(found)}")
    return found


def _system_there(chosen: Mapping[str, Any]) -> bool:
    if "from" not in chosen or "resolver" not in chosen:
        return False
    from dnstrace.cli.line.resolver_names import is_system

    return any(map(is_system, chosen["resolver"]))


def _questions(parsed: Parsed) -> tuple[Question, ...]:
    """What is asked; there may be nothing in the lab, whose worlds have a question of their own."""
    chosen: Mapping[str, Any] = parsed.settings
    found = questions(chosen)
    if found or {"lab", "serve"} & chosen.keys() or "file" in chosen or len(chosen.get("diff", ())) > 1:
        return found
    if typed := chosen.get("type"):
        name = typed[0].name
        raise Usage(f"{_NO_NAME} ({name} is a type; to trace it as a name, write '{name.lower()}.')")
    raise Usage(_NO_NAME + _taken_for_a_file(chosen))


def _taken_for_a_file(chosen: Mapping[str, Any]) -> str:
    """Where the only name may have gone: to the option before it, which needs the path of a file to write."""
    for option in (each for each in OPTIONS if each.completes is Completes.NEW_FILE):
        if "." in (path := chosen.get(option.filed, "")) and "/" not in path:
            return f" (--{option.name} took {shown(path)} for its file)"
    return ""
