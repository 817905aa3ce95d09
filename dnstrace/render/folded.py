"""What the tree folds: look-ups next to a walk that all went alike, and attempts that a record lacks.

A referral with many name servers takes a look-up for each of them, and where one fails they often all do, for
the same reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from dnstrace.model import Kind, Outcome, Purpose
from dnstrace.render.layout import Node
from dnstrace.render.text import count_text, name_text
from dnstrace.render.wording import BAD, QUIET, SIGNS, marked

if TYPE_CHECKING:
    from dnstrace.model import Step

_FEW = 3  # look-ups alike that are all shown in full
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
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = Node(Text(f"{', '.join(names[:_NAMED])}{more}", QUIET))
    return Node(marked(BAD, line) if bad else line, [listed])
