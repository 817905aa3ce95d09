"""Several finished traces of one question, each from another place, compared.

What is compared is what a place shows for sure: an outcome, an answer, a delegation, servers that answered or
were waited for in vain. Which of several servers was picked, or what was asked at one place only, is not a
difference. `facts` are what one trace shows; `blame_across` says where the fault is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from dnstrace.analysis.blame_across import at, blame_across
from dnstrace.analysis.facts import Fact, facts, row
from dnstrace.model.across import Across, SharedFinding, Statement, Where
from dnstrace.model.findings import Blame, Finding, Level
from dnstrace.model.places import Place, PlaceTrace, Seen
from dnstrace.model.structs import replace

_TROUBLE_ONLY = {"family", "unasked", "interceptor"}
"""What is shown where it is a trouble: others may not have looked, and where all is well nothing is said."""


def across(seen: Sequence[Seen]) -> Across:
    """What the places saw, compared. Failures take no part but are in the result."""
    traced = [each for each in seen if isinstance(each, PlaceTrace)]
    agreed, differing = _statements(traced)
    where, verdict = blame_across(traced)
    if where is Where.NOWHERE and (amiss := [each for each in differing if each.what == "family"]):
        said = "; ".join(f"{at(each.places)} {each.text}" for each in amiss)
        where, verdict = Where.PARTLY, f"{verdict}, but {said}"
    return Across(
        seen=tuple(seen),
        rows=tuple(map(row, traced)),
        agreed=agreed,
        differing=differing,
        where=where,
        verdict=verdict,
        findings=tuple(_findings(traced)),
    )


def _statements(traced: Sequence[PlaceTrace]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """What holds at all places, and what only at some, in the order in which the walks came to it."""
    shown = {each.place: facts(each.report.trace) for each in traced}
    agreed: list[Statement] = []
    differing: list[Statement] = []
    keys = dict.fromkeys(fact.key for found in shown.values() for fact in found)
    for key in sorted(keys, key=lambda each: _rank(each, shown)):
        known = {place: fact for place, found in shown.items() for fact in found if fact.key == key}
        texts = dict.fromkeys(fact.text for fact in known.values())
        for text in texts:
            places = tuple(place for place, fact in known.items() if fact.text == text)
            fact = known[places[0]]
            statement = Statement(fact.what, fact.zone, text, places)
            if len(texts) == 1 and len(places) == len(traced):
                agreed.append(statement)
            elif fact.is_trouble if fact.what in _TROUBLE_ONLY else len(texts) > 1:
                differing.append(statement)
    return tuple(agreed), tuple(differing)


def _rank(key: tuple[object, ...], shown: dict[Place, tuple[Fact, ...]]) -> tuple[int, int]:
    """Where a fact stands: the root first, what is about the whole trace last; the same for all places."""
    ranks = [
        (len(fact.zone) if fact.zone is not None else 1000, place)
        for found in shown.values()
        for place, fact in enumerate(found)
        if fact.key == key
    ]
    return min(ranks)


def _findings(traced: Sequence[PlaceTrace]) -> Iterator[SharedFinding]:
    """The findings of all places, each once, the worst first, with the places that see it."""
    seen: dict[Hashable, list[Place]] = {}
    first: dict[Hashable, Finding] = {}
    for place, trace in ((each.place, each.report.trace) for each in traced):
        for finding in trace.findings or ():
            key = (finding.code, finding.zone, finding.server)
            first.setdefault(key, finding)
            if place not in (places := seen.setdefault(key, [])):
                places.append(place)
    levels = list(Level)
    for each in sorted(seen, key=lambda key: levels.index(first[key].level)):
        everywhere = len(seen[each]) == len(traced)
        yield SharedFinding(_with_fix_if(everywhere, first[each]), tuple(seen[each]))


def _with_fix_if(everywhere: bool, finding: Finding) -> Finding:
    """A finding without its fix, unless all places see it or it is about their network.

    What only some places see may be the network's fault: a zone that was changed for it would be worse off.
    """
    if everywhere or finding.blame is Blame.NETWORK:
        return finding
    return replace(finding, cure="", records=(), remedy=None, rehearsed="", unrehearsed="", rehearsal=None)
