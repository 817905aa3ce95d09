"""The steps of a trace as branches of a tree: zones under zones, look-ups under the step that needed them.

Steps are a flat list linked by `parent`; a chain of them becomes a branch. Chains are followed in loops, only
look-ups by recursion, and the budget limits their depth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.following import by_zone, continues, follows_alias, is_needed_by
from dnstrace.analysis.reached import delegation_reached, ended_unasked, no_longer_needed
from dnstrace.model import ROOT, Kind, Outcome, Purpose, Question
from dnstrace.model.naming import plain
from dnstrace.render import folded as fold
from dnstrace.render.delegation import deleg_nodes, delegation_nodes
from dnstrace.render.endings import ending, glue_given
from dnstrace.render.layout import TIMES, Node
from dnstrace.render.records import reply_nodes
from dnstrace.render.text import count_text, ttl_text
from dnstrace.render.trust import cut_nodes, cut_status, evidence_of, key_nodes
from dnstrace.render.wording import (
    GOOD,
    QUIET,
    STRONG,
    TOLD,
    attempt_line,
    beside_line,
    joined,
    not_recorded_line,
    probed_line,
    question_text,
    shown_name,
    source_words,
    tag,
    zone_title,
)

if TYPE_CHECKING:
    from dnstrace.model import Attempt, Step, Trace
    from dnstrace.model.judgement import StepEvidence
    from dnstrace.render.story import Story

_FEW = 8  # addresses that failed in one step and are shown one by one
_LATER = float("inf")
_QUIET = {Purpose.DS, Purpose.DNSKEY}
_BESIDE = {Purpose.NS_ADDRESS, Purpose.PROBE, *_QUIET}
_WELL = {Outcome.ANSWER, Outcome.REFERRAL, Outcome.NODATA}


class Branches:
    """Builds the branches of one trace."""

    def __init__(
        self, trace: Trace, verbose: bool, story: Story | None = None, shown: Iterable[int] = ()
    ) -> None:
        """`shown` are the steps whose ids are shown; with a `story`, all are."""
        self._ids = {step.id for step in trace.steps} if story is not None else set(shown)
        self._trace, self._verbose, self._story = trace, verbose, story
        self._folds = trace.findings is not None and not verbose and story is None
        self._steps = trace.steps
        self._reached = delegation_reached(trace) if trace.outcome is Outcome.REFERRAL else None
        self._after: dict[int | None, list[Step]] = defaultdict(list)
        for step in trace.steps:
            if not step.superseded:
                self._after[step.parent].append(step)

    def blocks(self) -> list[list[Node]]:
        """The walks in the order in which they began: for each, a heading if needed, and its branch."""
        found: list[list[Node]] = []
        for starts in self._together(step for step in self._steps if self._stands_alone(step)):
            if starts[0].purpose in _BESIDE:
                found.append([self._lookup(starts, None)])
                continue
            found += [[*_heading(chain), self._walk(chain)] for chain in self._chains(starts[0])]
        return fold.without_the_middle(found) if self._folds else found

    def _stands_alone(self, step: Step) -> bool:
        if step.asks_resolver:
            return False
        return step.parent is None or self._steps[step.parent - 1].purpose is Purpose.PRIME

    # --- one walk -----------------------------------------------------------------------------

    def _chains(self, start: Step) -> Iterator[list[Step]]:
        """The walk that begins with `start`, then one walk for each alias on the way."""
        head: Step | None = start
        while head is not None:
            chain, following = [head], self._first_after(head, continues)
            while following is not None:
                chain.append(following)
                following = self._first_after(following, continues)
            yield chain
            head = self._first_after(chain[-1], follows_alias)

    def _first_after(self, step: Step, linked: Callable[[Step, Step], bool]) -> Step | None:
        return next((later for later in self._after[step.id] if linked(step, later)), None)

    def _walk(self, chain: list[Step]) -> Node:
        """A walk from its first step down to its last, each zone under the previous one."""
        below: list[Node] = []
        zones = by_zone(chain)
        if in_full := self._in_full(chain[-1]):
            below = [Node(_cut_line(chain[-1], None), in_full, descends=True)]
        for before, steps in zip(reversed([None, *zones[:-1]]), reversed(zones), strict=True):
            node = self._zone(steps, None if before is None else before[-1], chain[-1].question)
            node.children += below
            below = [node]
        return below[0]

    def _zone(self, steps: list[Step], before: Step | None, wanted: Question) -> Node:
        """A zone and everything that happened when its servers were asked, without the zones below it."""
        children = [node for step in steps for node in self._step(step, wanted)]
        attempts = [attempt for step in steps for attempt in step.attempts]
        if before is not None:
            evidence = evidence_of(self._trace, before)
            line = _cut_line(before, evidence)
            chain = (
                [] if evidence is None or (self._folds and fold.is_sound(evidence)) else cut_nodes(evidence)
            )
            children = [*chain, *self._in_full(before), *deleg_nodes(before), *children]
            if self._folds and len(children) == 1 and not children[0].children:
                line, children = joined([line, children[0].line]), []
        elif _is_one_line(steps[0], attempts, self._events(steps[0], wanted)):
            line = Text.assemble(zone_title(steps[0]), (" ─ ", QUIET), children[0].line)
            children = [*children[0].children, *children[1:]]
        else:
            line = _start_line(steps[0])
        return Node(line, children, descends=True, steps=tuple(step.id for step in steps))

    def _in_full(self, before: Step) -> list[Node]:
        """The content of the referral that a parent-only trace ends with."""
        cut = self._reached
        return delegation_nodes(cut) if cut is not None and before.main and before.referral == cut else []

    def _step(self, step: Step, wanted: Question) -> list[Node]:
        texts = [] if self._story is None else self._story.paragraphs(step)
        told = [Node(Text(each, TOLD), aside=True) for each in texts]
        ends = ending(step, self._trace)
        events = self._events(step, wanted, [] if ends else told)
        if not step.attempts and (shown := ends or events):  # no line of a server shows the id of the step
            tag(shown[0].line, self._among([step]))
        return [
            *events,
            *self._asking(step),
            *ends,
            *(told if ends else []),
        ]

    def _asking(self, step: Step) -> list[Node]:
        """A line that the step is still in progress, unless a look-up below it says so."""
        if step.outcome is not None or any(s.outcome is None for s in self._descendants(step)[1:]):
            return []
        return [Node(Text("not finished" if self._trace.interrupted else "asking ...", QUIET))]

    def _events(self, step: Step, wanted: Question, told: Sequence[Node] = ()) -> list[Node]:
        """Attempts and look-ups in the order in which they started; what is `told` follows the attempts."""
        short_of = f" · asked for {step.question}" if step.question != wanted else ""
        timed: list[tuple[float, Node]] = []
        shown = self._attempts(step)
        tagged = shown
        if self._story is not None or not step.all_servers:
            number = step.chosen if step.chosen is not None and len(shown) == len(step.attempts) else 0
            tagged = shown[number : number + 1]
        for _, node in tagged:
            tag(node.line, self._among([step]))
        for start, node in shown:
            node.line.append(short_of)
            timed.append((start, node))
        timed += [(max((start for start, _ in shown), default=0.0), node) for node in told]
        beside = [later for later in self._after[step.id] if is_needed_by(step, later)]
        probes = [later for later in beside if later.probe is not None and not self._verbose]
        needed = self._together(later for later in beside if later not in probes)
        if any(probe.attempts for probe in probes) or (probes and not self._folds):
            timed.append((self._began(probes[0]), self._probed(probes)))
        if self._folds:
            needed = [starts for starts in needed if not self._is_left_out(self._inside(starts))]
        timed += fold.folded([self._looked_up(starts, step) for starts in needed], self._verbose)
        return [node for _, node in sorted(timed, key=lambda pair: pair[0])]

    def _probed(self, probes: list[Step]) -> Node:
        """The probes of a zone as one line."""
        told = "" if self._story is None else self._story.of_probes(probes[0])
        line = tag(probed_line(probes), () if self._story is not None else self._among(probes))
        return Node(line, [Node(Text(told, TOLD), aside=True)] if told else [])

    def _among(self, steps: Iterable[Step]) -> list[int]:
        """The ids of those steps whose ids are shown."""
        return [step.id for step in steps if step.id in self._ids]

    def _is_left_out(self, inside: list[Step]) -> bool:
        """Whether a check leaves out a look-up: nobody refers to it, and it went well."""
        return not self._among(inside) and fold.is_chain_whole(inside, self._trace)

    def _attempts(self, step: Step) -> list[tuple[float, Node]]:
        """The attempts of a step and when each started; those missing from a record are one line.

        If every address was asked, or many failed, attempts with the same result are one line too.
        """
        lacking = [a for a in step.attempts if a.meaning.kind is Kind.NOT_RECORDED]
        if len(lacking) > 1 and not self._verbose:
            start, line = min(a.exchange.start for a in lacking), not_recorded_line(lacking)
            return [*self._attempts(fold.recorded(step)), (start, Node(line))]
        if (step.all_servers or self._fails_at_many(step)) and not self._verbose:
            from dnstrace.render.survey import folded_lines

            return [(start, Node(line)) for start, line in folded_lines(step, self._folds)]
        return [
            (
                attempt.exchange.start,
                Node(
                    attempt_line(step, index),
                    reply_nodes(attempt, step.zone) if self._verbose else [],
                    closed=True,
                ),
            )
            for index, attempt in enumerate(step.attempts)
        ]

    # --- look-ups -----------------------------------------------------------------------------

    def _lookup(self, starts: list[Step], needed_by: Step | None) -> Node:
        """A look-up next to the walk: a branch for each address type, and for each alias on the way.

        DNSKEY and DS queries without trouble are one line.
        """
        inside = self._inside(starts)
        chains = [chain for start in starts for chain in self._chains(start)]
        found = any(
            chain[-1].outcome is Outcome.ANSWER or glue_given(chain[-1], self._trace) for chain in chains
        )
        unasked = "" if found else ended_unasked(self._trace, inside)
        needed = found or not any(no_longer_needed(self._trace, chain[-1]) for chain in chains)
        wanted = self._wanted(starts[0])
        line = beside_line(wanted, starts[0].purpose, needed_by, inside, found, unasked, needed)
        shown = self._shown_of_keys(inside)
        quiet = starts[0].purpose in _QUIET or (needed_by is not None and needed_by.all_servers and found)
        if self._folds and starts[0].purpose is Purpose.NS_ADDRESS:
            return Node(tag(line, self._among(inside)), [] if found else fold.ends_of(chains, self._trace))
        told = "" if self._story is None else self._story.of_lookup(starts[0])
        children = [Node(Text(told, TOLD), aside=True)] if told else []
        if quiet and not self._verbose and all(map(_is_well, inside)):
            return Node(tag(line, self._among(inside)), [*children, *shown])
        walks = [self._walk(chain) for chain in chains]
        return Node(line, [*children, *walks, *shown], closed=quiet)

    def _shown_of_keys(self, inside: list[Step]) -> list[Node]:
        """What the chain of trust shows about the keys of a zone, for the steps that queried them."""
        steps = [step for step in inside if step.purpose is Purpose.DNSKEY and step.referral is None]
        noted = [(step, evidence_of(self._trace, step)) for step in steps]
        return [node for step, evidence in noted if evidence for node in key_nodes(evidence, step.zone)]

    def _fails_at_many(self, step: Step) -> bool:
        """Whether a step that has ended failed at more addresses than are worth a line each."""
        failed = {each.address for each in step.attempts if not each.meaning.usable}
        return step.outcome is not None and len(failed) > _FEW

    def _wanted(self, start: Step) -> Question:
        """The question that the walk beginning with `start` finally asks, after QNAME minimisation."""
        return next(self._chains(start))[-1].question

    def _together(self, steps: Iterable[Step]) -> list[list[Step]]:
        """The steps grouped by purpose and name, such as the A and AAAA look-ups of one server."""
        groups: dict[object, list[Step]] = defaultdict(list)
        for step in steps:
            groups[step.purpose, self._wanted(step).name].append(step)
        return list(groups.values())

    def _looked_up(self, starts: list[Step], step: Step) -> fold.Lookup:
        return fold.Lookup(self._began(starts[0]), self._lookup(starts, step), self._inside(starts))

    def _inside(self, starts: list[Step]) -> list[Step]:
        return [step for start in starts for step in self._descendants(start)]

    def _descendants(self, start: Step) -> list[Step]:
        """The step and everything that follows from it, the step itself first."""
        found, stack = [], [start]
        while stack:
            step = stack.pop()
            found.append(step)
            stack.extend(self._after[step.id])
        return found

    def _began(self, start: Step) -> float:
        """When the look-up that begins with `start` sent its first query."""
        times = (a.exchange.start for step in self._descendants(start) for a in step.attempts)
        return min(times, default=_LATER)


def _is_one_line(step: Step, attempts: list[Attempt], events: list[Node]) -> bool:
    """Whether all of a zone's `attempts` belong to one step and fit on one line."""
    return step.outcome is not None and 0 < len(attempts) == len(step.attempts) and len(events) == 1


def _is_well(step: Step) -> bool:
    """Whether a step succeeded at the first attempt."""
    return step.outcome in _WELL and len(step.attempts) == 1


# --- the lines --------------------------------------------------------------------------------


def _heading(chain: list[Step]) -> list[Node]:
    """The heading of a walk for another question than the user's."""
    if chain[0].purpose is Purpose.WALK:
        return []
    is_alias = chain[0].purpose is Purpose.ALIAS
    words = _alias_words(chain[0]) if is_alias else "priming: the root zone's own list of its servers"
    return [Node(Text.assemble(question_text(chain[-1].question), (" ─ ", QUIET), words))]


def _alias_words(step: Step) -> str:
    if step.zone == ROOT:
        return "alias target, starting at the root: no deeper zone cut is known"
    return f"alias target, starting at {plain(step.zone)}, the deepest known zone cut"


def _start_line(step: Step) -> Text:
    servers = f"{count_text(len(step.servers), 'server')}, {source_words(step)}"
    return Text.assemble(zone_title(step), (" ─ ", QUIET), servers)


def _cut_line(before: Step, evidence: StepEvidence | None) -> Text:
    """A zone cut as published by the parent: number of servers, TTL, signed or not, security status."""
    cut = before.referral
    assert cut is not None and before.chosen is not None
    ttl = "" if cut.ttl is None else f"TTL {ttl_text(cut.ttl)}"
    edns = before.attempts[before.chosen].exchange.query.edns
    asked = edns is not None and edns.dnssec_ok
    signed: Text | str = Text("signed", GOOD) if cut.ds is not None else "unsigned" if asked else ""
    if evidence is not None:
        signed = cut_status(evidence)
    parts = joined([f"NS {TIMES}{len(cut.servers)}", ttl, signed])
    return Text.assemble(shown_name(cut.zone, STRONG), (" ─ ", QUIET), parts)
