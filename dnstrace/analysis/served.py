"""What each server of a zone answered in two traces, from the JSON documents of both.

Only addresses that both traces heard count. Where all of them changed alike, the zone changed, and no server
has to be named; where they did not, it matters which of them did. TTLs count down and signatures are renewed,
so they are left out, and so is data that a server chooses anew for each query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dnstrace.model.documents import Content

RRsetKey = tuple[str, str]
"""Owner name and type."""

ANSWERED = frozenset({"answer", "alias", "nodata", "nxdomain", "yxdomain", "alias-loop"})
_CHOSEN = "answers-differ"  # as a notice: addresses come from a pool


class Changed(NamedTuple):
    """What `servers` had and have; `servers` is empty if all that were heard changed so."""

    servers: tuple[str, ...]
    old: Any
    new: Any


class ChangedData(NamedTuple):
    """Data of an RRset that some servers of a zone have no longer (`gone`), or have now."""

    zone: str
    key: RRsetKey
    data: str
    gone: bool
    servers: tuple[str, ...]


def by_address(zone: Content) -> dict[str, Content]:
    """What is known of each address of a zone."""
    return {each["address"]: each for server in zone["servers"] for each in server["addresses"]}


def at(servers: tuple[str, ...]) -> str:
    """Where something changed, at the end of a sentence: ` at ns1.example.org and ns2.example.org`."""
    *others, last = servers or ("",)
    return f" at {', '.join(others)}{' and ' if others else ''}{last}" if last else ""


def changed_serials(had: Content, has: Content) -> list[Changed]:
    """How the serials of a zone changed, each change once."""
    before, after = (
        {address: each["serial"] for address, each in by_address(zone).items() if each["serial"] is not None}
        for zone in (had, has)
    )
    pairs = {address: (before[address], after[address]) for address in before if address in after}
    alike = {*before.values()} == {was for was, _ in pairs.values()} and {*after.values()} == {
        is_now for _, is_now in pairs.values()
    }  # those that only one trace heard agree with the others
    return list(_changes(pairs, _names(has), alike))


def unlike_answers(old: Content, new: Content) -> tuple[set[RRsetKey], list[ChangedData]]:
    """The RRsets that changed at some servers of a zone and not alike at all, and how at each."""
    keys: set[RRsetKey] = set()
    found: list[ChangedData] = []
    after = {zone["zone"]: zone for zone in new["reconciliation"] or ()}
    pool = _pools(old) | _pools(new)
    for had in old["reconciliation"] or ():
        has = after.get(had["zone"])
        if has is None or had["zone"] in pool:
            continue
        for key, pairs in _answers(had, has).items():
            if len(set(pairs.values())) > 1 and not _is_dealt_anew(pairs):
                keys.add(key)
                found += _data(had["zone"], key, pairs, _names(has))
    return keys, found


def _data(
    zone: str, key: RRsetKey, pairs: Mapping[str, tuple[Any, Any]], names: Mapping[str, str]
) -> Iterator[ChangedData]:
    for change in _changes(pairs, names):
        for data in sorted(change.old - change.new):
            yield ChangedData(zone, key, data, True, change.servers)
        for data in sorted(change.new - change.old):
            yield ChangedData(zone, key, data, False, change.servers)


def _changes(
    pairs: Mapping[str, tuple[Any, Any]], names: Mapping[str, str], alike: bool = True
) -> Iterator[Changed]:
    """Each change once, with the servers at which it is, unless all are `alike`; `pairs` are by address."""
    alike = alike and len(set(pairs.values())) == 1
    for was, is_now in dict.fromkeys(pair for pair in pairs.values() if pair[0] != pair[1]):
        where = [address for address, pair in pairs.items() if pair == (was, is_now)]
        yield Changed(() if alike else tuple(_called(where, pairs, names)), was, is_now)


def _called(where: list[str], heard: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """The servers that have these addresses; with the address if the others of the server differ."""
    whole = {name for name in names.values() if all(a in where for a in heard if names[a] == name)}
    for name in dict.fromkeys(names[address] for address in where):
        if name in whole:
            yield name.removesuffix(".")
        else:
            yield from (f"{name.removesuffix('.')} ({a})" for a in where if names[a] == name)


def _names(zone: Content) -> dict[str, str]:
    return {each["address"]: server["name"] for server in zone["servers"] for each in server["addresses"]}


def _answers(had: Content, has: Content) -> dict[RRsetKey, dict[str, tuple[Any, Any]]]:
    """By RRset and address: the data before and after."""
    before, after = by_address(had), by_address(has)
    heard = [
        address
        for address in before
        if address in after and {before[address]["meaning"], after[address]["meaning"]} <= ANSWERED
    ]
    data = {
        address: (_rrsets(before[address]["answer"]), _rrsets(after[address]["answer"])) for address in heard
    }
    keys = dict.fromkeys(key for pair in data.values() for each in pair for key in each if key[1] != "SOA")
    none: frozenset[str] = frozenset()
    return {
        key: {address: (was.get(key, none), is_now.get(key, none)) for address, (was, is_now) in data.items()}
        for key in keys
    }


def _rrsets(answer: list[Content]) -> dict[RRsetKey, frozenset[str]]:
    return {
        (each["name"], each["type"]): frozenset(each["rdata"]) for each in answer if each["type"] != "RRSIG"
    }


def _pools(document: Content) -> set[str]:
    """The zones whose servers choose addresses anew for each query, as the check found."""
    return {
        each["zone"]
        for each in (*document["findings"], *(one["finding"] for one in document.get("accepted", ())))
        if each["code"] == _CHOSEN and each["level"] == "notice"
    }


def _is_dealt_anew(pairs: Mapping[str, tuple[Any, Any]]) -> bool:
    """Whether the servers have the same data among them as before, each another one's."""
    return Counter(was for was, _ in pairs.values()) == Counter(is_now for _, is_now in pairs.values())
