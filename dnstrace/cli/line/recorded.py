"""What a saved trace says of how it was made, as options: those that hold where nothing else is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.names import Subject, named
from dnstrace.cli.line.options import BY_NAME, OPTIONS, Group
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.line.rdtypes import rdtype
from dnstrace.model import Question
from dnstrace.model.limits import limits_for
from dnstrace.model.structs import replace
from dnstrace.walk.fallback import COOKIE

if TYPE_CHECKING:
    from dnstrace.record import Record

_NSID, _SUBNET, _ZONEVERSION = 3, 8, 19  # RFC 5001, RFC 7871, RFC 9660
_ASKED = {each.name for each in OPTIONS if each.group is Group.ASK} | {"all-servers", "check", "adot"}
_ASKED -= {"root-hints", "seed"}  # these are not part of the settings


def of_record(record: Record, words: Parsed) -> Parsed:
    """What a record says, as options, given what was typed; the server that it started from too."""
    found = _filed(_settings(record) | _checks(record), record.question, words)
    _without_validation(found, record.tracing.parent_only)
    if record.tracing.server is not None:
        found.servers.append(str(record.tracing.server))
    return found


def of_document(document: Mapping[str, Any], words: Parsed) -> Parsed:
    """What the JSON document of a trace says where it has no record, given what was typed.

    Raises Usage for a question that cannot be asked, KeyError or TypeError for what is not a document.
    """
    asked = document["question"]
    found: dict[str, object] = {"seed": document["seed"]}
    if document["reconciliation"] is not None:
        found["check"] = True
    elif document["paths"] is not None:
        found["all-servers"] = True
    if document["security"] is not None:
        found["dnssec"] = True
    if document.get("adot") is not None:  # earlier versions do not write it
        found["adot"] = True
    filed = _filed(found, Question(named(asked["name"]).name, rdtype(asked["type"])), words)
    _without_validation(filed)
    return filed


def as_recorded(parsed: Parsed, recorded: Parsed) -> bool:
    """Whether nothing was typed of how to ask, so that the settings are those of the record in full."""
    typed = any(parsed.of_words(name) for name in {*_ASKED, *parsed.undone})
    return not typed and all(name in parsed.said for name in _ASKED & set(recorded.said))


def _without_validation(found: Parsed, parent_only: bool = False) -> None:
    """Take validation back where a check was made without it, which implies it by default."""
    if "check" in found.said and not parent_only and not {"dnssec", "no-edns"} & set(found.said):
        found.take_back(BY_NAME["dnssec"], "--no-dnssec")


def _filed(settings: Mapping[str, object], asked: Question, words: Parsed) -> Parsed:
    """The settings, and the question unless a name was typed; a type may be typed without one."""
    found = Parsed("record")
    if "subject" not in words.settings:
        found.file(BY_NAME["name"], Subject(asked.name, asked.rdtype), "--name")
        found.file(BY_NAME["type"], asked.rdtype, "--type")
    for name, value in settings.items():
        for each in value if isinstance(value, list) else [value]:
            found.file(BY_NAME[name], each, f"--{name}")
    return found


def _settings(record: Record) -> dict[str, object]:
    settings, edns = record.tracing.settings, record.tracing.settings.edns
    options = {} if edns is None else dict(edns.options)
    flags = {
        "tcp": settings.tcp,
        "prime": settings.prime,
        "qmin": settings.qmin,
        "ipv4": settings.families == {4},
        "ipv6": settings.families == {6},
        "no-edns": edns is None,
        "nsid": _NSID in options,
        "zoneversion": _ZONEVERSION in options,
        "cookie": COOKIE in options,
        "check": settings.probe,
        "adot": settings.adot,
        "all-servers": settings.all_servers and not settings.probe,
    }
    values = {
        "port": settings.port,
        "timeout": settings.timeout,
        "tries": settings.tries,
        "bind": settings.bind,
        "bufsize": None if edns is None else edns.payload,
        "subnet": options.get(_SUBNET),
        "seed": record.tracing.seed,
        **_limits(record),
    }
    found: dict[str, object] = {key: True for key, wanted in flags.items() if wanted}
    return found | {key: value for key, value in values.items() if value is not None}


def _limits(record: Record) -> dict[str, object]:
    """The bounds that were chosen: those that such settings do not have by default."""
    limits, usual = record.tracing.bounds, limits_for(record.tracing.settings)
    found: dict[str, object] = {}
    if limits.deadline != usual.deadline:
        found["deadline"] = limits.deadline
    if limits.max_queries != usual.max_queries:
        found["max-queries"] = limits.max_queries
    return found


def _checks(record: Record) -> dict[str, object]:
    found: dict[str, object] = {}
    tracing = record.tracing
    if tracing.parent_only:
        found["parent-only"] = True
    if tracing.anchors is not None:
        found |= {"dnssec": True} if tracing.at is None else {"dnssec": True, "at": tracing.at}
    if tracing.resolvers:
        found["resolver"] = [tracing.resolvers]
    found["expect"] = [(each,) for each in record.expected]
    found["undelegated"] = [replace(cut, ds=None) for cut in tracing.supposed if cut.servers]
    found["ds"] = [replace(cut, servers=()) for cut in tracing.supposed if cut.ds is not None]
    return found
