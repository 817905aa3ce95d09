"""The line of a monitoring plugin, for Nagios, Icinga and others, and the state that it reports.

By the guidelines for such plugins: one line on standard output, performance data after a `|`, and the state
as the exit status.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from dnstrace.model.findings import Level
from dnstrace.render.formats.entries import INTERRUPTED, UNREAD, Entry, Problem
from dnstrace.render.text import count_text

_LONGEST = 1000  # characters of the text; what reads the line may cut it off at 4,096
_UNKNOWN = {INTERRUPTED, UNREAD}  # what says that it is not known how things stand
_NAMED = 5  # names, or problems of a name, that are listed


class State(IntEnum):
    """What a plugin reports."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


def state(entries: Sequence[Entry], lacks: str = "") -> State:
    """CRITICAL if the run fails, UNKNOWN if it was stopped, WARNING if there are lesser faults.

    `lacks` says why the entries are not all that was asked for; empty if they are.
    """
    problems = [problem for entry in entries for problem in entry.counting]
    if any(problem.fails and problem.code not in _UNKNOWN for problem in problems):
        return State.CRITICAL
    if lacks or not entries or any(problem.code in _UNKNOWN for problem in problems):
        return State.UNKNOWN
    warned = any(problem.level is Level.WARNING for problem in problems)
    return State.WARNING if warned else State.OK


def nagios(entries: Sequence[Entry], lacks: str = "") -> str:
    """The line for a run; `lacks` as for `state`."""
    found, before = state(entries, lacks), f"{lacks}; " if lacks else ""
    if len(entries) == 1:
        return _line(found, f"{before}{_of_one(entries[0])}", _measured(entries[0]))
    return _line(found, f"{before}{_of_many(entries)}", _counted(entries))


def unknown(why: str) -> str:
    """The line for a run that could not be made."""
    return _line(State.UNKNOWN, why, ())


def _line(found: State, text: str, measured: Sequence[str]) -> str:
    shown = text.replace("|", "\\124")
    cut = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."
    return f"DNSTRACE {found.name}: {cut}{' | ' if measured else ''}{' '.join(measured)}\n"


def _of_one(entry: Entry) -> str:
    """What is wrong with a name, the worst first; or its answer."""
    if not (ranked := sorted(entry.counting, key=_rank)):
        return f"{entry.question}: {', '.join(entry.answer[:_NAMED]) or entry.outcome or 'as expected'}"
    first, *others = ranked
    more = f"; also {_codes(others)}" if others else ""
    return f"{entry.question}: {first.message}{more}"


def _rank(problem: Problem) -> tuple[bool, int]:
    return not problem.fails, list(Level).index(problem.level)


def _codes(problems: Iterable[Problem]) -> str:
    codes = list(dict.fromkeys(problem.code for problem in problems))
    return _listed(codes)


def _of_many(entries: Sequence[Entry]) -> str:
    """The names with problems that matter, the worst first."""
    states = [state([entry]) for entry in entries]
    bad = [entry for wanted in (State.CRITICAL, State.UNKNOWN, State.WARNING)
           for entry, found in zip(entries, states, strict=True) if found is wanted]  # fmt: skip
    if not bad:
        return f"{count_text(len(entries), 'name')} without faults" if entries else "no name was traced"
    named = _listed([f"{entry.question} ({_codes(sorted(entry.counting, key=_rank))})" for entry in bad])
    return f"{len(bad)} of {count_text(len(entries), 'name')}: {named}"


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED:,} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more


def _measured(entry: Entry) -> list[str]:
    """The performance data of one name: `label=value` with unit, then thresholds, then the minimum."""
    levels = [f"{level.value}s={_count([entry], level)};;;0" for level in Level] if entry.rules else []
    life = [] if entry.life is None else [f"ttl={entry.life}s;;;0"]
    return [f"time={entry.seconds:.3f}s;;;0", f"queries={entry.queries};;;0", *levels, *life]


def _count(entries: Iterable[Entry], level: Level) -> int:
    found = (problem for entry in entries for problem in entry.counting if problem.is_finding)
    return sum(problem.level is level for problem in found)


def _counted(entries: Sequence[Entry]) -> list[str]:
    states = [state([entry]) for entry in entries]
    each = [f"{found.name.lower()}={states.count(found)};;;0" for found in State]
    return [f"names={len(entries)};;;0", *each]
