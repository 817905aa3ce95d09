"""What the tree folds: look-ups next to a walk that all went alike, and attempts that a record lacks.

A referral with many name servers takes a look-up for each of them, and where one fails they often all do, for
the same reason. A check asks far more than a walk: its tree leaves out what is sound, and the way to what is
not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from dnstrace.model import Kind, Outcome, Purpose
from dnstrace.model.security import Security
from dnstrace.model.structs import replace
from dnstrace.render.endings import ending
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, name_text
from dnstrace.render.trust import evidence_of
from dnstrace.render.wording import BAD, QUIET, SIGNS, marked

if TYPE_CHECKING:
    from dnstrace.model import Step, Trace
    from dnstrace.model.judgement import StepEvidence

_FEW = 3  # look-ups alike that are all shown in full
_ENDS = 2  # walks of a long chain of aliases that are shown of its beginning, and of its end
_CHAIN = {Purpose.DS, Purpose.DNSKEY, Purpose.PRIME}
_WELL = {Outcome.ANSWER, Outcome.NODATA}
_NAMED = 12  # of those that are folded


class Lookup(NamedTuple):
    """A look-up as it is drawn in full: when it began, its node, and all of its steps."""

    began: float
    node: Node
    steps: list[Step]


def folded(drawn: Iterable[Lookup], whole: bool) -> Iterator[tuple[float, Node]]:
    """The nodes of look-ups, and when each began: of many alike, the first and one line for the others.

    If `whole`, all of them are drawn in full.
    """
    alike: dict[object, list[Lookup]] = defaultdict(list)
    for lookup in sorted(drawn, key=lambda lookup: lookup.began):
        alike[_way(lookup)].append(lookup)
    for group in alike.values():
        foldable = not whole and group[0].steps[0].purpose is Purpose.NS_ADDRESS and len(group) > _FEW
        shown = group[:1] if foldable else group
        yield from ((lookup.began, lookup.node) for lookup in shown)
        if foldable:
            yield group[1].began, _others(group[1:])


def recorded(step: Step) -> Step:
    """The step without the attempts that are missing from the replayed record."""
    chosen = None if step.chosen is None else step.attempts[step.chosen]
    attempts = [attempt for attempt in step.attempts if attempt.meaning.kind is not Kind.NOT_RECORDED]
    index = None if chosen is None else next(i for i, each in enumerate(attempts) if each is chosen)
    return replace(step, attempts=tuple(attempts), chosen=index)


def _way(lookup: Lookup) -> object:
    """How a look-up went, whatever the name: which zones ended it, and how."""
    if any(step.outcome is None for step in lookup.steps):
        return lookup.steps[0].id  # under way
    ends = {
        (step.zone, step.outcome, step.limited)
        for step in lookup.steps
        if step.outcome is not Outcome.REFERRAL
    }
    return lookup.steps[0].purpose, _is_bad(lookup), frozenset(ends)


def _is_bad(lookup: Lookup) -> bool:
    return lookup.node.line.plain.startswith(SIGNS[BAD])


def _others(lookups: list[Lookup]) -> Node:
    """The look-ups that are not shown in full: how many there are, what they cost, and their names."""
    bad = _is_bad(lookups[0])
    attempts = [a for lookup in lookups for step in lookup.steps for a in step.attempts]
    sent = sum(attempt.meaning.kind is not Kind.NOT_RECORDED for attempt in attempts)
    what = "no address found for the same reason" if bad else "looked up in the same way"
    how = Text(what, BAD) if bad else Text(what)
    line = Text.assemble(
        f"{count_text(len(lookups), 'more name server')} without usable glue: ",
        how,
        f", {count_text(sent, 'query', 'queries')}",
    )
    found = {name_text(lookup.steps[0].question.name) for lookup in lookups}
    names = sorted(found, key=lambda name: (len(name), name))
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    listed = Node(Text(f"{', '.join(names[:_NAMED])}{more}", QUIET))
    return Node(marked(BAD, line) if bad else line, [listed])


# --- what a check leaves out ----------------------------------------------------------------------


def is_sound(evidence: StepEvidence | None) -> bool:
    """Whether the evidence of a step shows no fault in the chain of trust."""
    return evidence is None or evidence.security in (Security.SECURE, Security.INSECURE)


def is_chain_whole(steps: list[Step], trace: Trace) -> bool:
    """Whether all these steps asked for keys, DS or NS records, and went well."""
    from dnstrace.render.survey import folded_lines

    return all(
        step.purpose in _CHAIN
        and step.outcome in _WELL
        and is_sound(evidence_of(trace, step))
        and len(folded_lines(step)) == 1
        for step in steps
    )


def ends_of(chains: list[list[Step]], trace: Trace) -> list[Node]:
    """How look-ups ended, without the way there; what several of them have in common is one line."""
    ends = (node.line for chain in chains for node in ending(chain[-1], trace))
    return [Node(line) for line in {line.plain: line for line in ends}.values()]


def without_the_middle(walks: list[list[Node]]) -> list[list[Node]]:
    """The walks, of very many only the first and the last: an alias leads to an alias, and so on."""
    if (rest := len(walks) - 2 * _ENDS) < 2:
        return walks
    line = Node(Text(f"... {rest} more aliases in between (-v shows them)", QUIET))
    return [*walks[:_ENDS], [line], *walks[-_ENDS:]]
