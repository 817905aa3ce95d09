"""Findings of one code that say the same of several servers, as one: it names them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from dnstrace.model.naming import plain

if TYPE_CHECKING:
    from dnstrace.model.findings import Finding

_NAMED = 12  # servers after the first
_EACH = "each of them"
_SERVER = "\0"  # stands for the name of the server, which no text has


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in their order; those that differ in nothing but the name of the server are one.

    Its message is that of the first with the other servers after it, its records are those of all.
    """
    alike: dict[object, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_apart_from_server(finding), []).append(finding)
    return [group[0] if len(group) == 1 else _as_one(group) for group in alike.values()]


def _apart_from_server(finding: Finding) -> object:
    """What a finding says of its server, whichever that is."""
    if finding.server is None:
        return id(finding)
    said = (finding.message, finding.cure, finding.rehearsed, finding.unrehearsed)
    texts = (_with(finding, text, _SERVER) for text in said)
    return (
        finding.code,
        finding.level,
        finding.zone,
        finding.blame,
        finding.operator,
        finding.explains,
        *texts,
    )


def _as_one(group: list[Finding]) -> Finding:
    first, *others = group
    names = [plain(each.server) for each in others if each.server is not None]
    if len(names) > _NAMED:
        names[_NAMED:] = [f"{len(names) - _NAMED} more"]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return replace(
        first,
        message=f"{first.message}; the same goes for {listed}",
        cure=_with(first, first.cure, _EACH),
        records=tuple(dict.fromkeys(record for each in group for record in each.records)),
        rehearsed=_with(first, first.rehearsed, _EACH),
        unrehearsed=_with(first, first.unrehearsed, _EACH),
    )


def _with(finding: Finding, text: str, word: str) -> str:
    """A text with a word in place of the finding's server."""
    assert finding.server is not None
    return text.replace(plain(finding.server), word)
