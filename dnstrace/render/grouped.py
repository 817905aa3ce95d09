"""Findings of one code that say the same of several servers, as one: it names them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dnstrace.model.naming import plain
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Name, Trace
    from dnstrace.model.findings import Finding

    Addresses = Mapping[Name, frozenset[str]]

_NAMED = 12  # servers after the first
_EACH = "each of them"
_SERVER = "\0"  # stands for the name of the server, which no text has


def addresses_of(trace: Trace) -> Addresses:
    """The addresses of each name server that is met in a trace."""
    found: dict[Name, set[str]] = {}
    for step in trace.steps:
        for server in step.servers:
            found.setdefault(server.name, set()).update(each.text for each in server.addresses)
    return {name: frozenset(texts) for name, texts in found.items()}


def grouped(findings: Iterable[Finding], addresses: Addresses | None = None) -> list[Finding]:
    """The findings in their order; those that differ in nothing but the server and its `addresses` are one.

    Its message is that of the first with the other servers after it, its records are those of all.
    """
    return [_as_one(group, addresses or {}) for group in groups(findings, addresses or {})]


def groups(findings: Iterable[Finding], addresses: Addresses) -> list[list[Finding]]:
    """The same findings, those that are one together."""
    alike: dict[object, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_apart_from_server(finding, addresses), []).append(finding)
    return list(alike.values())


def _apart_from_server(finding: Finding, addresses: Addresses) -> object:
    """What a finding says of its server, whichever that is."""
    if finding.server is None:
        return id(finding)
    said = (_nowhere(finding, finding.cure, addresses), finding.rehearsed, finding.unrehearsed)
    texts = (_with(finding, text, _SERVER) for text in said)
    return (
        finding.code,
        finding.level,
        finding.zone,
        finding.blame,
        finding.operator,
        finding.explains,
        _own_addresses(finding, addresses).sub(_SERVER, _with(finding, finding.message, _SERVER)),
        *texts,
    )


def _nowhere(finding: Finding, text: str, addresses: Addresses) -> str:
    """A text without `at` the addresses of the finding's server."""
    return _own_addresses(finding, addresses, " at ").sub("", text)


def _own_addresses(finding: Finding, addresses: Addresses, before: str = "") -> re.Pattern[str]:
    """Matches the addresses of the finding's server in a sentence, however many, after the text `before`."""
    own = addresses.get(finding.server) if finding.server is not None else None
    if not own:
        return re.compile(r"(?!)")
    one = "|".join(re.escape(text) for text in sorted(own, key=len, reverse=True))
    return re.compile(rf"{before}(?<![\w.:])(?:{one})(?:(?:, | and )(?:{one}))*(?![.:]*\w)")


def _as_one(group: list[Finding], addresses: Addresses) -> Finding:
    first, *others = group
    if not others:
        return first
    names = [_named(each, addresses) for each in others]
    if len(names) > _NAMED:
        names[_NAMED:] = [f"{len(names) - _NAMED:,} more"]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return replace(
        first,
        message=f"{first.message}; the same goes for {listed}",
        cure=_of_each(first, group, addresses),
        records=tuple(dict.fromkeys(record for each in group for record in each.records)),
        rehearsed=_with(first, first.rehearsed, _EACH),
        unrehearsed=_with(first, first.unrehearsed, _EACH),
    )


def _of_each(first: Finding, group: list[Finding], addresses: Addresses) -> str:
    """The fix for each server of a group, at its own addresses."""
    texts = {_with(each, each.cure, _EACH) for each in group}
    return _with(first, first.cure if len(texts) == 1 else _nowhere(first, first.cure, addresses), _EACH)


def _named(finding: Finding, addresses: Addresses) -> str:
    """The server of a finding, with the addresses that its message has."""
    assert finding.server is not None
    found = _own_addresses(finding, addresses).findall(finding.message)
    return f"{plain(finding.server)}{f' ({found[0]})' if found else ''}"


def _with(finding: Finding, text: str, word: str) -> str:
    """A text with a word in place of the finding's server."""
    assert finding.server is not None
    return text.replace(plain(finding.server), word)
