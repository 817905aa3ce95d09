"""`--replay`: a record in the place of the network, and its options in the place of those not given.

`--drop` too: servers taken to be dead, of a record or of a world of the lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line.options import OPTIONS, Group
from dnstrace.cli.line.syntax import Parsed
from dnstrace.cli.line.values import Subject
from dnstrace.cli.usage import Usage, meant, shown
from dnstrace.model.limits import limits_for
from dnstrace.record import Record, RecordError, load
from dnstrace.walk.fallback import COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dnstrace.cli.line.choices import Choices
    from dnstrace.cli.planning import Planned
    from dnstrace.model.anchors import Anchors
    from dnstrace.model.tracing import Tracing
    from dnstrace.port import Network

_NSID, _SUBNET = 3, 8  # RFC 5001, RFC 7871
_KEYS = {group: frozenset(each.filed for each in OPTIONS if each.group is group) for group in Group}
_STAYS = _KEYS[Group.PRINT] | _KEYS[Group.KEEP]  # what the environment says of these holds for a replay too
_NOT_SETTINGS = {"root-hints", "seed"}
_MOST_NAMED = 12


def replayed(path: str, said: Parsed, otherwise: Parsed) -> None:
    """Complete what was said by what the record in a file says, and leave out what it replaces elsewhere.

    Raises Usage where the record cannot be used.
    """
    try:
        record = load(path)
    except RecordError as error:
        raise Usage(f"--replay: {shown(path)} {error}") from error
    if "lab" in said.settings:
        raise Usage("--replay and --lab exclude each other: a record is a world of its own")
    otherwise.settings = {key: value for key, value in otherwise.settings.items() if key in _STAYS}
    asked = (_KEYS[Group.ASK] | {"all-servers", "check"}) - _NOT_SETTINGS
    as_recorded = not said.undone and not asked & set(said.settings)
    if "parent-only" in said.settings and record.tracing.settings.probe:
        as_recorded = False
    recorded = Parsed()
    recorded.settings = of_record(record, said)
    said.complete(recorded)
    said.settings |= {"record": record, "as-recorded": as_recorded}
    if record.tracing.server is not None and not said.servers and "root-hints" not in said.settings:
        said.servers.append(str(record.tracing.server))


def of_record(record: Record, said: Parsed) -> dict[str, object]:
    """What the record says of what was asked, and how, as options."""
    return _settings(record) | _question(record, said) | _checks(record, said)


def _question(record: Record, said: Parsed) -> dict[str, object]:
    """What was asked, unless another name is; a type may be given without one."""
    if "subject" in said.settings:
        return {}
    asked = record.question
    return {"subject": [Subject(asked.name, asked.rdtype)], "type": [asked.rdtype]}


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
        "cookie": COOKIE in options,
        "check": settings.probe,
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
    """The bounds that were chosen: those that such settings do not have of themselves."""
    limits, usual = record.tracing.bounds, limits_for(record.tracing.settings)
    found: dict[str, object] = {}
    if limits.deadline != usual.deadline:
        found["deadline"] = limits.deadline
    if limits.max_queries != usual.max_queries:
        found["max-queries"] = limits.max_queries
    return found


def _checks(record: Record, said: Parsed) -> dict[str, object]:
    from dataclasses import replace

    found: dict[str, object] = {}
    if record.tracing.parent_only:
        found["parent-only"] = True
    if record.tracing.anchors is not None:
        found["dnssec"] = True
        if record.tracing.at is not None and ("dnssec", True) not in said.undone:
            found["at"] = record.tracing.at
    if record.tracing.resolvers:
        found["resolver"] = [record.tracing.resolvers]
    if record.expected:
        found["expect"] = [record.expected]
    found["undelegated"] = [replace(cut, ds=None) for cut in record.tracing.supposed if cut.servers]
    found["ds"] = [replace(cut, servers=()) for cut in record.tracing.supposed if cut.ds is not None]
    return {key: value for key, value in found.items() if value != []}


def over_the_record(chosen: Choices, tracing: Tracing, anchors: Callable[[str | None], Anchors]) -> Planned:
    """The plan that has the record walked. Raises Usage.

    `anchors` reads a file of trust anchors, or those of the package.
    """
    from dataclasses import replace

    from dnstrace.cli.planning import Planned
    from dnstrace.network.replay import RecordedNetwork

    record = chosen.record
    assert record is not None  # this is for a replay only
    network = RecordedNetwork(record.course, faithful=not chosen.drop)
    tracing = replace(tracing, now=record.tracing.now, roots=tracing.roots or record.tracing.roots)
    if chosen.dnssec:
        found = anchors(chosen.anchors)
        own = record.tracing.anchors if chosen.anchors is None else None
        tracing = replace(tracing, anchors=own or found, at=chosen.at)
    return Planned(chosen.questions, tracing, without(chosen.drop, network, record.servers, "the record"))


def without(
    dropped: tuple[str, ...], network: Network, servers: Mapping[str, frozenset[str]], where: str
) -> Network:
    """The network with servers taken to be dead, each given by name or by address. Raises Usage.

    `servers` holds the addresses of those that there are, `where` what they are the servers of.
    """
    if not dropped:
        return network
    from dnstrace.network.replay import DeadServers

    every = frozenset(address for addresses in servers.values() for address in addresses)
    by_name = {name.lower(): addresses for name, addresses in servers.items()}
    dead: set[str] = set()
    for each in dropped:
        found = frozenset({each}) & every or by_name.get(each.lower())
        if not found:
            near = meant(each, (*servers, *every))
            raise Usage(f"--drop: {where} has no server {shown(each)}{near or _named(servers)}")
        dead |= found
    return DeadServers(network, dead)


def _named(servers: Mapping[str, object]) -> str:
    if not servers:
        return ": nobody was asked"
    names = sorted(servers)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"; there are {', '.join(names[:_MOST_NAMED])}{more}"
