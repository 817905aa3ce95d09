"""The catalogue of rules: one small function for each finding, with its documentation as the docstring.

    @of_cut(Level.ERROR, Blame.HOST)
    def lame_server(cut: Cut) -> Iterator[Observation]:
        '''A name server listed for the zone does not serve it.

        What it is: ...

        Why it matters: ...

        How to fix it: ...

        References: RFC 1912 section 2.8; RFC 9499 section 7
        '''

`of_cut` calls the rule for each zone cut on the path of the walk, `of_trace` calls it once. The name of the
function makes the code: `lame-server`. A `Trait` says what else is true of everything that a rule finds;
`also` names the levels that it has in other circumstances.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import Any

from dnstrace.checks.readings.beside import Beside, beside
from dnstrace.checks.readings.evidence import Cut, Evidence
from dnstrace.checks.readings.partial import is_incomplete
from dnstrace.checks.readings.unchanged import found_in
from dnstrace.model.findings import Blame, Finding, Level, Observation
from dnstrace.model.structs import Struct, replace

CutRule = Callable[[Cut], Iterator[Observation]]
TraceRule = Callable[[Evidence], Iterator[Observation]]

SECTIONS = ("What it is", "Why it matters", "How to fix it", "References")
_SECTION = re.compile(rf"^({'|'.join(SECTIONS)}):\s*", re.MULTILINE)


class Trait(Enum):
    """What is true of everything that a rule finds."""

    BREAKS_TRUST = auto()
    """It makes validating resolvers reject the answer."""

    AT_SERVER = auto()
    """One server does it, which resolvers would not ask at all if the parent were up to date."""

    NAMES_OPERATOR = auto()
    """Its message already says who needs to act."""

    SURE_AT_ONCE = auto()
    """It is known from what was heard, even if a limit kept some servers from being asked everything."""

    STANDS_ALONE = auto()
    """Nothing else can be judged while it lasts."""

    BESIDE = auto()
    """It is also looked for in zones off the path that are needed for the addresses of name servers."""


class Rule(Struct):
    """An entry of the catalogue: `code` names what the rule looks for, `title` says it in one sentence.

    `sections` maps each of SECTIONS to its text; `module` is where the rule is defined. `level` is the usual
    one, and `also` are those that it has in other circumstances.
    """

    code: str
    module: str
    level: Level
    blame: Blame
    title: str
    sections: dict[str, str]
    apply: Callable[[Evidence], Iterator[Finding]]
    traits: frozenset[Trait] = frozenset()
    also: tuple[Level, ...] = ()

    @property
    def levels(self) -> str:
        """The levels that it can have, the usual one first: `warning or error`."""
        *others, last = self.level.value, *(level.value for level in self.also)
        return f"{', '.join(others)} or {last}" if others else last

    def hold_back(self, evidence: Evidence, partial: bool) -> bool:
        """Hold it back where a limit came before everything was asked, and note that; whether it is so."""
        if not partial or Trait.SURE_AT_ONCE in self.traits:
            return False
        evidence.held_back.add(self.code)
        return True

    @property
    def references(self) -> tuple[str, ...]:
        """RFCs with their sections."""
        return tuple(part.strip() for part in self.sections.get("References", "").split(";") if part.strip())


ENTERED: dict[str, Rule] = {}
"""Every rule by its code, in the order in which the modules were imported."""


def of_cut(
    level: Level, blame: Blame, *traits: Trait, also: Sequence[Level] = ()
) -> Callable[[CutRule], CutRule]:
    """Enter a rule that judges one zone cut."""

    def enter(rule: CutRule) -> CutRule:
        def apply(evidence: Evidence) -> Iterator[Finding]:
            for cut in evidence.cuts:
                if entry.hold_back(evidence, cut.partial):
                    continue
                faults = found_in(cut, cut.sound, entry.code, rule)
                yield from (_finding(entry, fault, cut) for fault in faults)
            for other in beside(evidence) if Trait.BESIDE in entry.traits else ():
                if not entry.hold_back(evidence, other.partial):
                    yield from (_finding(entry, _of_other(other, fault), other) for fault in rule(other))

        entry = _enter(rule, (level, *also), blame, traits, apply)
        return rule

    return enter


def _of_other(cut: Beside, fault: Observation) -> Observation:
    """What is wrong in a zone off the path: others of its servers answer, so the zone asked is reached."""
    return replace(fault, message=f"{fault.message}; {cut.needed}", level=Level.WARNING)


def of_trace(
    level: Level, blame: Blame, *traits: Trait, also: Sequence[Level] = ()
) -> Callable[[TraceRule], TraceRule]:
    """Enter a rule that judges the trace as a whole."""

    def enter(rule: TraceRule) -> TraceRule:
        def apply(evidence: Evidence) -> Iterator[Finding]:
            if not entry.hold_back(evidence, is_incomplete(evidence.cuts, evidence.trace)):
                yield from (_finding(entry, fault, None) for fault in rule(evidence))

        entry = _enter(rule, (level, *also), blame, traits, apply)
        return rule

    return enter


def _enter(
    rule: Callable[..., Any],
    levels: tuple[Level, ...],
    blame: Blame,
    traits: Iterable[Trait],
    apply: Callable[[Evidence], Iterator[Finding]],
) -> Rule:
    code = rule.__name__.replace("_", "-")
    title, *sections = _SECTION.split(inspect.getdoc(rule) or "")
    texts = dict(zip(sections[::2], (" ".join(text.split()) for text in sections[1::2]), strict=True))
    entry = Rule(
        code,
        rule.__module__,
        levels[0],
        blame,
        " ".join(title.split()),
        texts,
        apply,
        frozenset(traits),
        levels[1:],
    )
    ENTERED[code] = entry
    return entry


def _finding(rule: Rule, fault: Observation, cut: Cut | None) -> Finding:
    blame = fault.blame or rule.blame
    return Finding(
        code=rule.code,
        level=fault.level or rule.level,
        zone=fault.zone or (None if cut is None else cut.zone),
        server=fault.server,
        message=fault.message,
        steps=tuple(dict.fromkeys(fault.steps)),
        references=rule.references,
        blame=blame,
        cure=fault.cure,
        records=fault.records,
        remedy=fault.remedy and replace(fault.remedy, who=blame),
        operator=fault.operator,
    )
