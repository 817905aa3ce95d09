"""The servers of a zone in a table: what the parent publishes, what the zone publishes, what each answers.

Below it, a table of cache lifetimes. Folded, servers with which all is well share a row, and there are no
lifetimes.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.model import Kind, family_of
from dnstrace.model.families import why_unasked
from dnstrace.model.heard import DROPPED
from dnstrace.model.lives import Held
from dnstrace.render.layout import Columns
from dnstrace.render.text import (
    clock_text,
    count_text,
    harmless,
    name_text,
    rdata_text,
    time_range,
    time_text,
    ttl_text,
)
from dnstrace.render.wording import BAD, QUIET, STRONG, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dnstrace.model import Attempt
    from dnstrace.model.reconciliation import Addressed, Reconciled, ReconciledServer
    from dnstrace.model.report import Report

_NO, _UNKNOWN = "no", ""
_ALIKE = 2  # addresses of a server that are alike and have a row each
_MANY = 4  # further servers that are alike, from which on they share a row
_LONGEST = 72  # characters of an answer where there is no room for more
_OTHERS = 10  # addresses of one server that were not asked
_HEADS = ("parent", "zone", "serial", "RTT", "answer")
_WHAT = {
    Held.DELEGATION: "the parent's {type}",
    Held.GLUE: "glue",
    Held.DS: "{type}",
    Held.OWN_NS: "the zone's own {type}",
    Held.ANSWER: "{type}",
    Held.NEGATIVE: "no {type}",
}


def tables(report: Report) -> list[Columns]:
    """A table for each zone whose servers were probed, and one of cache lifetimes."""
    found = [_zone_table(zone) for zone in report.reconciliation]
    return [*found, *([_cache_table(report)] if found and report.lives else [])]


def folded_tables(report: Report) -> list[Columns]:
    """A table for each zone whose servers were probed; servers with which all is well share a row."""
    return [_zone_table(zone, folded=True) for zone in report.reconciliation]


def _zone_table(zone: Reconciled, folded: bool = False) -> Columns:
    given = [_address_answer(each) for server in zone.servers for each in server.addresses]
    answers = Counter(words for words, style in given if words and not style)
    usual = answers.most_common(1)[0][0] if answers else ""
    heads = [Text(f"{name_text(zone.zone)} by server", STRONG), *(Text(word, QUIET) for word in _HEADS)]
    well = [server for server in zone.servers if folded and _is_well(zone, server, usual)]
    others = [server for server in zone.servers if server not in well]
    each = [[*_folded_rows(_server_rows(zone, server, usual), folded)] for server in others]
    rows = [row for group in (_alike(each) if folded else each) for row in group]
    return Columns(heads, [*rows, *([_row_of_all(zone, well, bool(others))] if well else [])], _LONGEST)


def _is_well(zone: Reconciled, server: ReconciledServer, usual: str) -> bool:
    """Whether parent and zone have the server and its addresses, and all of these give the usual answer."""
    return server.parent is not False and server.zone is not False and all(
        each.glue is not False
        and each.own is not False
        and each.asked
        and each.serial == zone.newest
        and each.attempt is not None
        and each.attempt.meaning.authoritative
        and _address_answer(each) == (usual, "")
        for each in server.addresses
    ) and bool(server.addresses)  # fmt: skip


def _row_of_all(zone: Reconciled, servers: list[ReconciledServer], others: bool) -> list[Text]:
    """The row of several servers that have nothing amiss, or of the only one."""
    addresses = [each for server in servers for each in server.addresses]
    times = [each.attempt.exchange.elapsed for each in addresses if each.attempt is not None]
    count = count_text(len(addresses), "address", "addresses")
    who = name_text(servers[0].name)
    if len(servers) > 1:
        who = f"{len(servers)} {'others' if others else 'servers'}"
    named = [
        _published_cell(all(known) if known else None, "NS")
        for known in (
            [server.parent for server in servers if server.parent is not None],
            [server.zone for server in servers if server.zone is not None],
        )
    ]
    return [
        Text(f" {who}, {count}"),
        *named,
        Text("" if zone.newest is None else str(zone.newest)),
        Text(time_range(min(times), max(times))),
        Text(_address_answer(addresses[0])[0]),
    ]


def _folded_rows(rows: Iterable[list[Text]], folded: bool) -> Iterator[list[Text]]:
    """The rows of a server; if `folded`, of many that differ in the address only the first."""
    alike: dict[object, list[list[Text]]] = {}
    for index, row in enumerate(rows):
        cells = tuple(cell.plain for cell in row[1:])
        alike.setdefault(cells if folded and index else index, []).append(row)
    for group in alike.values():
        yield from group if len(group) <= _ALIKE else group[:1]
        if len(group) > _ALIKE:
            yield [Text(f"  and {len(group) - 1:,} more like it"), *group[0][1:]]


def _alike(servers: list[list[list[Text]]]) -> Iterator[list[list[Text]]]:
    """The rows of each server; of many that differ in names, addresses and times only, those of the first."""
    groups: dict[object, list[list[list[Text]]]] = {}
    for rows in servers:
        known = tuple(
            cell.plain for row in rows for head, cell in zip(_HEADS, row[1:], strict=True) if head != "RTT"
        )
        groups.setdefault(known, []).append(rows)
    for group in groups.values():
        first, *others = group
        if len(others) < _MANY:
            yield from group
            continue
        last = first[-1]
        line = Text(f" and {len(others):,} more like it")
        yield [*first, [line, *first[0][1:4], Text(""), last[-1]]]


def _server_rows(zone: Reconciled, server: ReconciledServer, usual: str) -> Iterator[list[Text]]:
    """The row of a server, and below it one row for each of its addresses."""
    named = [_published_cell(server.parent, "NS"), _published_cell(server.zone, "NS")]
    blank = [Text("")] * 3
    without = Text(server.unasked, QUIET) if server.unasked else Text("no known address", WARNING)
    yield [Text(f" {name_text(server.name)}"), *named, *blank[:2], blank[2] if server.addresses else without]
    shown, more = _shown(server)
    for each in shown:
        kind = "AAAA" if ":" in each.address else "A"
        yield [
            Text(f"  {each.address}"),
            _published_cell(each.glue, "glue"),
            _published_cell(each.own, kind),
            _serial_cell(each, zone),
            Text(_rtt_text(each.attempt)),
            _answer_cell(each, usual),
        ]
    if more:
        yield [Text(f"  ... and {more:,} more"), *[Text("")] * 4, Text("not asked", QUIET)]


def _shown(server: ReconciledServer) -> tuple[list[Addressed], int]:
    """The addresses that have a row, and how many have none: those asked and published, and a few others."""
    heard = [each for each in server.addresses if each.attempt is not None or each.glue]
    others = [each for each in server.addresses if each not in heard]
    if len(others) <= _OTHERS:
        return list(server.addresses), 0
    return [*heard, *others[:_OTHERS]], len(others) - _OTHERS


def _published_cell(published: bool | None, word: str) -> Text:
    """`word` if published, otherwise `no`; empty if unknown or not needed."""
    return Text(_UNKNOWN) if published is None else Text(word) if published else Text(_NO, WARNING)


def _serial_cell(each: Addressed, zone: Reconciled) -> Text:
    if each.serial is None:
        return Text("")
    return Text(str(each.serial), "" if each.serial == zone.newest else WARNING)


def _rtt_text(attempt: Attempt | None) -> str:
    return "" if attempt is None or attempt.exchange.message is None else time_text(attempt.exchange.elapsed)


def _answer_cell(each: Addressed, usual: str) -> Text:
    words, style = _address_answer(each)
    text = Text(words, style or ("" if words == usual else WARNING))
    unsure = (
        each.attempt is not None and each.attempt.meaning.usable and not each.attempt.meaning.authoritative
    )
    return text.append(", no AA", WARNING) if unsure else text


def _address_answer(each: Addressed) -> tuple[str, str]:
    """The answer of an address to the question in a few words, and a style if it is not an answer."""
    if each.attempt is None:
        why = "" if each.unasked is None else f" ({why_unasked(family_of(each.address), each.unasked)})"
        return f"not asked{why}", QUIET
    meaning = each.attempt.meaning
    if meaning.note == DROPPED:
        return "taken as dead", QUIET
    if not meaning.usable:
        return meaning.kind.value.replace("-", " "), BAD
    if not each.asked:
        return "only probed", QUIET  # the walk had no reason to ask it the question
    if meaning.kind in (Kind.ANSWER, Kind.ALIAS):
        return _rdata_text(each.attempt), ""
    return meaning.kind.value.upper(), ""


def _rdata_text(attempt: Attempt) -> str:
    wanted = (r for r in attempt.meaning.answer if r.rdtype != dns.rdatatype.RRSIG)
    texts = sorted(harmless(rdata_text(rdata)) for rrset in wanted for rdata in rrset)
    return ", ".join(texts)


def _cache_table(report: Report) -> Columns:
    """What a resolver that asked now would cache, and until when: for that long, old data stay in use."""
    rows = []
    begun = report.trace.started.astimezone(UTC)
    for life in report.lives:
        what = _WHAT[life.what].format(type=dns.rdatatype.to_text(life.rdtype))
        until = clock_text(begun, life.until.astimezone(UTC))
        rows.append([Text(f"  {name_text(life.name)} {what}"), Text(ttl_text(life.ttl)), Text(until)])
    heading = "if cached then" if report.replayed else "if cached now"
    return Columns([Text(heading, STRONG), Text("TTL", QUIET), Text("expires", QUIET)], rows)
