"""Which of many replies to go by: one that follows from the replies, whoever gave them first.

The most common meaning counts. Among equally common ones a referral comes first, since only what it leads to
can be examined as well, then an answer, then a denial; among referrals that to the nearest zone, whose
servers refer to those below it; among SOA records the newest (RFC 1982); among others the content decides. Of
the replies with that meaning, the first by the name and the address of its server is used. Pure functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

import dns.rdatatype
import dns.rrset

from dnstrace.analysis.ordering import place
from dnstrace.analysis.paths import Lead, lead
from dnstrace.model import Attempt, Kind, Meaning, Name, Step, Trace
from dnstrace.model.serial import newest_of
from dnstrace.model.structs import replace

_PREFERRED = (Kind.REFERRAL, Kind.ANSWER, Kind.ALIAS, Kind.NODATA, Kind.NXDOMAIN)

Content = tuple[Hashable, ...]


def most_common(attempts: Sequence[Attempt], of: Callable[[Attempt], Meaning | None]) -> int | None:
    """The index of the attempt to go by; None if there is none.

    `of` is the meaning of an attempt, None for those that do not count.
    """
    return min(commonest(attempts, of), key=lambda index: _asked(attempts[index]), default=None)


def commonest(attempts: Sequence[Attempt], of: Callable[[Attempt], Meaning | None]) -> list[int]:
    """The indices of all attempts that mean what the one to go by means; none if there is none."""
    alike: dict[Lead, list[int]] = defaultdict(list)
    meanings: dict[Lead, Meaning] = {}
    for index, meaning in enumerate(map(of, attempts)):
        if meaning is not None:
            where = lead(meaning)
            alike[where].append(index)
            meanings.setdefault(where, meaning)
    if not alike:
        return []
    most = max(map(len, alike.values()))
    equal = [where for where, indices in alike.items() if len(indices) == most]
    return alike[equal[0] if len(equal) == 1 else _best(equal, meanings)]


def _best(equal: list[Lead], meanings: dict[Lead, Meaning]) -> Lead:
    """The one to go by of several that are equally common."""
    newest = _newest([meanings[where] for where in equal])
    return min(equal, key=lambda where: (_serial(meanings[where]) != newest, *_content(meanings[where])))


def usable(attempt: Attempt) -> Meaning | None:
    """What an attempt means, if the walk can go by it."""
    return attempt.meaning if attempt.meaning.usable else None


def offered(attempt: Attempt) -> Meaning | None:
    """What a lame server offers."""
    return attempt.meaning.offer


def needed(trace: Trace) -> Trace:
    """The trace without the attempts that were made only because a reply came late."""
    if not any(attempt.surplus for step in trace.steps for attempt in step.attempts):
        return trace
    return replace(trace, steps=tuple(map(_without_surplus, trace.steps)))


def _without_surplus(step: Step) -> Step:
    if not any(attempt.surplus for attempt in step.attempts):
        return step
    kept = tuple(index for index, attempt in enumerate(step.attempts) if not attempt.surplus)
    chosen = None if step.chosen is None else kept.index(step.chosen)
    return replace(step, attempts=tuple(step.attempts[index] for index in kept), chosen=chosen)


def _asked(attempt: Attempt) -> tuple[Name, bool, str]:
    return place(attempt.server, attempt.address)


def _newest(meanings: list[Meaning]) -> int | None:
    """The newest serial where each meaning is an SOA record; None where one of them is not."""
    serials = [_serial(meaning) for meaning in meanings]
    known = [serial for serial in serials if serial is not None]
    if len(known) < len(serials):
        return None
    return newest_of(known)


def _serial(meaning: Meaning) -> int | None:
    """The serial of the SOA record that is the answer; None for everything else."""
    found = (rrset[0] for rrset in meaning.answer if rrset.rdtype == dns.rdatatype.SOA)
    return next((getattr(rdata, "serial", None) for rdata in found), None)


def _content(meaning: Meaning) -> Content:
    """Something by which meanings can be sorted: the better first, the rest by what they say."""
    kind = meaning.kind
    better = _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)
    cut = meaning.delegation
    if cut is not None:
        names = tuple(sorted(server.name for server in cut.servers))
        ds = () if cut.ds is None else tuple(sorted(rdata.to_text() for rdata in cut.ds))
        return better, kind, len(cut.zone), (str(cut.zone),), tuple(map(str, names)), ds, not cut.signatures
    return better, kind, 0, tuple(sorted(map(_text, meaning.answer)))


def _text(rrset: dns.rrset.RRset) -> str:
    """An RRset without its TTL, its records in order."""
    owner, records = rrset.name.to_text(), sorted(rdata.to_text() for rdata in rrset)
    return " ".join((owner, str(int(rrset.rdtype)), str(int(rrset.covers)), *records))
