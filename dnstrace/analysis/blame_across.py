"""Where the fault is, seen from several places: at every place it is of the zone, at some of the network.

A place is blamed only for servers that answered another place, address by address. Where the others asked
other servers, the places do not show it, and it is said so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from dnstrace.analysis.facts import is_intercepted, row
from dnstrace.analysis.paths import lead
from dnstrace.analysis.reached import is_bogus, last_step
from dnstrace.model import Name, Outcome, Trace
from dnstrace.model.across import Where
from dnstrace.model.counting import counted
from dnstrace.model.findings import Blame
from dnstrace.model.naming import zone_text
from dnstrace.model.places import HERE, Place, PlaceTrace

_BOTH = 2
_LEAST_SURE_FIRST = (Where.UNCLEAR, Where.BY_CLIENT, Where.THERE)
_EVERY = "add -a to ask every server from every place"


def blame_across(traced: Sequence[PlaceTrace]) -> tuple[Where, str]:
    """Where the fault is, and a sentence that says so."""
    if not traced:
        return Where.UNKNOWN, "no place sent a trace"
    bad = [each for each in traced if _is_bad(each)]
    places = {each.place for each in bad}
    good = [each for each in traced if each.place not in places]
    if len(traced) == 1:
        return Where.UNKNOWN, _of_one(traced[0])
    if not bad:
        return _of_good(good)
    return _of_some(bad, good) if good else _of_all(bad)


def names(places: Iterable[Place]) -> str:
    """Places in a sentence: `here`, `tokyo and paris`."""
    *others, last = [each.name for each in places]
    return f"{', '.join(others)} and {last}" if others else last


def at(places: Iterable[Place]) -> str:
    """Where something is, in a sentence: `here`, `at tokyo and paris`, `here and at tokyo`."""
    found = list(places)
    if not (there := [each for each in found if each != HERE]):
        return HERE.name
    return f"{HERE.name} and at {names(there)}" if len(there) < len(found) else f"at {names(there)}"


def _is_bad(seen: PlaceTrace) -> bool:
    trace = seen.report.trace
    failed = trace.outcome in (None, Outcome.FAILED) or is_bogus(trace)
    return failed or is_intercepted(trace) or any(each.is_error for each in trace.findings or ())


def _of_one(seen: PlaceTrace) -> str:
    verdict = seen.report.verdict
    said = "nothing wrong was found" if verdict is None else verdict.text
    return f"only {seen.place.name} sent a trace: {said}"


def _of_good(good: Sequence[PlaceTrace]) -> tuple[Where, str]:
    """Every place has an answer."""
    ends = {_end(each.report.trace) for each in good}
    if len(ends) == 1:
        count = "both places" if len(good) == _BOTH else f"all {len(good)} places"
        return Where.NOWHERE, f"{count} get the same answer"
    by_address: dict[str | None, set[Hashable]] = {}
    for each in good:
        by_address.setdefault(row(each).address, set()).add(_end(each.report.trace))
    if any(len(found) > 1 for address, found in by_address.items() if address is not None):
        why = (
            "one and the same address answers differently, so it depends on who asks (anycast, GeoDNS, views)"
        )
    else:
        why = "they come from different servers"
        if not any(step.all_servers for each in good for step in each.report.trace.steps):
            why += f"; {_EVERY}"
    return Where.DIFFERS, f"the answer differs by place: {why}"


def _end(trace: Trace) -> Hashable:
    """What a trace ends with, regardless of TTLs and order."""
    last = last_step(trace)
    meaning = None if last is None else last.meaning
    return trace.outcome, None if meaning is None else lead(meaning)


def _of_all(bad: Sequence[PlaceTrace]) -> tuple[Where, str]:
    """No place is in order."""
    verdicts = [each.report.verdict for each in bad]
    culprits = {None if each is None else (each.blame, each.zone, each.server) for each in verdicts}
    first = verdicts[0]
    if any(is_intercepted(each.report.trace) for each in bad):
        return Where.SEVERAL, _several(bad)
    if len(culprits) == 1 and first is not None and first.blame is not Blame.NETWORK:
        return Where.EVERYWHERE, f"everywhere the same: {first.text}"
    return Where.SEVERAL, _several(bad)


def _several(bad: Sequence[PlaceTrace]) -> str:
    reasons = "; ".join(f"{at(each.place for each in group)}: {_why(group[0])}" for group in _alike(bad))
    return f"no place is in order: {reasons}"


def _alike(bad: Sequence[PlaceTrace]) -> list[list[PlaceTrace]]:
    """The places, those together for which the same is wrong."""
    groups: dict[Hashable, list[PlaceTrace]] = {}
    for each in bad:
        verdict = each.report.verdict
        codes = () if verdict is None else tuple(claim.code for claim in verdict.claims)
        culprit = None if verdict is None else (verdict.blame, verdict.zone, codes)
        groups.setdefault((is_intercepted(each.report.trace), culprit), []).append(each)
    return [*groups.values()]


def _why(seen: PlaceTrace) -> str:
    if is_intercepted(seen.report.trace):
        return "something on the network there intercepts DNS queries"
    verdict = seen.report.verdict
    return "the trace did not end" if verdict is None else verdict.text


def _of_some(bad: Sequence[PlaceTrace], good: Sequence[PlaceTrace]) -> tuple[Where, str]:
    """Some places are in order: of each group of the others, what is wrong there."""
    well, groups = names(each.place for each in good), _alike(bad)
    found = [_apart(group[0], good, well) for group in groups]
    only = "only " if len(groups) == 1 else ""
    texts = [
        f"{only}{at(each.place for each in group)}: {text}"
        for group, (_, text) in zip(groups, found, strict=True)
    ]
    wheres = {where for where, _ in found}
    return next(each for each in _LEAST_SURE_FIRST if each in wheres), "; ".join(texts)


def _apart(bad: PlaceTrace, good: Sequence[PlaceTrace], well: str) -> tuple[Where, str]:
    """Why one place is not in order while others are, `well` in words."""
    if is_intercepted(bad.report.trace):
        return Where.THERE, _why(bad)
    silent, unusable, zone = _failed_at(bad)
    heard = _heard_at(good, zone)
    if both := silent & heard:
        some = _some(both, silent)
        text = f"{some} of {zone_text(zone)}, silent there, answered {well}: queries from there are lost"
        return Where.THERE, f"{text}, in the network or at a filter of the servers"
    if both := unusable & heard:
        some = _some(both, unusable)
        text = f"{some} of {zone_text(zone)} gave {well} an answer and none there"
        return Where.BY_CLIENT, f"{text}: the servers tell clients apart (a view, an access list, a limit)"
    asked_all = any(step.all_servers for step in bad.report.trace.steps)
    return Where.UNCLEAR, f"{_what(bad)}; {well} saw nothing of that{'' if asked_all else f': {_EVERY}'}"


def _what(seen: PlaceTrace) -> str:
    """What is wrong at a place, without who needs to fix it: others do not see it."""
    verdict = seen.report.verdict
    return verdict.claims[-1].message if verdict is not None and verdict.claims else _why(seen)


def _some(both: frozenset[str], failed: frozenset[str]) -> str:
    addresses = counted(len(failed), "server address", "server addresses")
    return addresses if failed == both else f"{len(both)} of {addresses}"


def _failed_at(bad: PlaceTrace) -> tuple[frozenset[str], frozenset[str], Name | None]:
    """The addresses that sent nothing where a walk ended, those that sent nothing usable, and their zone."""
    last = last_step(bad.report.trace)
    if last is None or (last.meaning is not None and last.meaning.usable):
        return frozenset(), frozenset(), None
    asked = {each.address: each for each in last.attempts}
    silent = frozenset(address for address, each in asked.items() if each.exchange.message is None)
    return silent, frozenset(asked) - silent, last.zone


def _heard_at(good: Sequence[PlaceTrace], zone: Name | None) -> frozenset[str]:
    """The addresses of the servers of a zone that answered any of these places."""
    return frozenset(
        attempt.address
        for each in good
        for step in each.report.trace.steps
        if step.main and step.zone == zone
        for attempt in step.attempts
        if attempt.meaning.usable
    )
