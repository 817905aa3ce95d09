"""What is written and counted of each of many traces. It is made where the trace is: in a worker, mostly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.analysis.reached import is_bogus, last_step, zone_reached
from dnstrace.cli.accepting import accepted_of
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.choices import Display
from dnstrace.cli.line.forms import ALL_LEVELS, FORMATS, Output
from dnstrace.cli.status import status
from dnstrace.model import Kind, Name, Outcome, Purpose, Step, Trace
from dnstrace.model.findings import Finding, Level
from dnstrace.model.naming import plain
from dnstrace.model.policy import USUAL, Policy
from dnstrace.model.structs import replace
from dnstrace.render.short import data
from dnstrace.render.text import harmless, name_text, time_text, type_text

if TYPE_CHECKING:
    from dnstrace.bulk.plan import Item
    from dnstrace.model.report import Report
    from dnstrace.render.formats.entries import Entry

_UNTOLD = {Kind.ABANDONED, Kind.TRUNCATED, Kind.NETWORK_UNREACHABLE, Kind.KNOWN_SILENT}
_GOOD = {Exit.ANSWER, Exit.NEGATIVE}
_SIGNS = {Level.ERROR: ("✗", "x"), Level.WARNING: ("!", "!"), Level.NOTICE: ("·", "-")}
_BETWEEN = "  "  # between the things that are wrong
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_WORDLESS = frozenset({Output.JSONL, Output.SHORT, *FORMATS})
_USUAL = 80  # columns of a terminal
_SERVERS = 3  # of one finding that are on the line


class Result(NamedTuple):
    """One trace: its lines, and what is counted.

    `name` is what was traced, `text` what is written, `status` the exit status that it alone would lead to.
    `failed_in` is the zone in which it failed, `troubled` are the servers without a usable reply, `times` are
    the seconds that each zone took. `codes` are its findings, each with its level, `unmet` what was expected
    and is not so. `said` is the end of its line: what was found, and what is wrong. `page` is its page if it
    is bad and pages are wanted. `cuts` are the zone cuts on its way, each with its line, if these are wanted.
    `concerned` is how many findings each `--ignore` concerns, by what holds on that `day`. `entry` is what
    one document about all of them shows of it.
    """

    name: str
    text: str
    outcome: str
    status: Exit
    failed_in: str = ""
    troubled: tuple[str, ...] = ()
    times: tuple[tuple[str, float], ...] = ()
    codes: tuple[tuple[Level, str], ...] = ()
    unmet: tuple[str, ...] = ()
    said: tuple[str, str] = ("", "")
    judged: tuple[str, ...] = ()
    page: str = ""
    cuts: tuple[tuple[str, str], ...] = ()
    concerned: tuple[int, ...] = ()
    day: date | None = None
    entry: Entry | None = None

    @property
    def is_bad(self) -> bool:
        """Whether it failed, is bogus, has an error or is not as expected: its status is neither 0 nor 1."""
        return self.status not in _GOOD

    @property
    def is_absent(self) -> bool:
        """Whether its name does not exist, and nothing says whether it should."""
        return self.status is Exit.NEGATIVE and self.outcome == Outcome.NXDOMAIN.value


class Form(NamedTuple):
    """What results are made of: whether pages are wanted, and what the terminal can show.

    Names and types are padded to `columns`, so that what follows stands below one another.
    """

    pages: bool = False
    ascii_only: bool = False
    color: bool = False
    columns: tuple[int, int] = (24, 5)


AS_TEXT = Form()


def columns_for(wanted: Iterable[Item], width: int) -> tuple[int, int]:
    """The columns for names and types of a run that begins with these questions, on a terminal so wide.

    What exceeds 80 columns is for names; beyond it, a longer name pushes the rest of its line to the right.
    """
    names, types = AS_TEXT.columns
    room = max(names, names + width - _USUAL)
    for question in wanted:
        names = max(names, min(len(name_text(question.name)), room))
        types = max(types, len(type_text(question.rdtype)))
    return names, types


def result(trace: Trace, shown: Display, policy: Policy = USUAL, form: Form = AS_TEXT) -> Result:
    """The lines and the counts for a trace; with `form.pages`, also its page if it is bad."""
    trace = accepted_of(trace, policy)
    concerned = tuple(each.findings for each in trace.ignores)
    if trace.ignores:
        trace = replace(trace, ignores=tuple(each for each in trace.ignores if each.findings))
    last = last_step(trace) if trace.outcome is Outcome.FAILED else None
    seen = _seen(trace, shown.level)
    found = Result(
        _question_text(trace),
        "",
        _outcome_text(trace),
        status([trace], policy),
        "" if last is None else _zone_text(last.zone),
        _troubled_servers(trace),
        tuple(
            (_zone_text(step.zone), _seconds_taken(step))
            for step in trace.steps
            if step.main and step.attempts
        ),
        tuple({(finding.level, finding.code): None for finding in seen.findings or ()}),
        tuple(met.expectation.text for met in trace.expectations or () if not met.met),
        (_answer_text(trace), _wrong_text(seen, form.ascii_only)) if _says(shown, form) else ("", ""),
        tuple(met.expectation.text for met in trace.expectations or ()),
        concerned=concerned,
        day=trace.started.astimezone(UTC).date() if concerned else None,
    )
    if shown.only_bad and not found.is_bad:
        return found
    page = _page(trace, shown.level) if form.pages and found.is_bad else ""
    if shown.output in FORMATS:
        return found._replace(entry=_entry(trace, policy), page=page)
    return found._replace(text=_result_text(trace, found, shown, form), page=page, cuts=_cuts(trace, shown))


def _says(shown: Display, form: Form) -> bool:
    """Whether what was found is written in words: on its line, or on the page that lists all results."""
    return form.pages or shown.output not in _WORDLESS


def _cuts(trace: Trace, shown: Display) -> tuple[tuple[str, str], ...]:
    """The zone cuts on the way of a name that was checked, where JSON is brief."""
    if shown.output is not Output.JSONL or not shown.brief or trace.findings is None:
        return ()
    from dnstrace.render.document.cut import cut_lines

    return tuple(cut_lines(trace))


def _seen(trace: Trace, level: str) -> Trace:
    """The trace with only the findings that the user wants to see."""
    if level == ALL_LEVELS or not trace.findings:
        return trace
    from dnstrace.render.narrowed import from_level

    return replace(trace, findings=from_level(trace.findings, level))


def _page(trace: Trace, level: str) -> str:
    from dnstrace.api import report
    from dnstrace.render.html_page import html_page
    from dnstrace.render.narrowed import narrowed

    return html_page(narrowed(report(trace), level))


def _entry(trace: Trace, policy: Policy) -> Entry:
    from dnstrace.api import report
    from dnstrace.render.formats.entries import entry

    return entry(report(trace), policy, alone=False)


def _question_text(trace: Trace) -> str:
    return f"{name_text(trace.question.name)} {type_text(trace.question.rdtype)}"


def _outcome_text(trace: Trace) -> str:
    return "" if trace.outcome is None else trace.outcome.value


def _zone_text(zone: Name) -> str:
    """A zone in lower case: lists and servers write the same name in both cases."""
    return plain(zone).lower() if len(zone) > 1 else "the root"


def _troubled_servers(trace: Trace) -> tuple[str, ...]:
    """The servers that the walk needed and whose last reply in a step was unusable, or did not arrive.

    What a probe tries is not needed: a server may well refuse it.
    """
    found: dict[str, None] = {}
    for step in trace.steps:
        if step.purpose is not Purpose.PROBE:
            last = {(each.server, each.address): each for each in step.attempts}
            found |= {
                f"{plain(server).lower()} {address}": None
                for (server, address), each in last.items()
                if not each.meaning.usable and each.meaning.kind not in _UNTOLD
            }
    return tuple(found)


def _seconds_taken(step: Step) -> float:
    """Seconds from the first query of a step to the attempt chosen, or to the last one it waited for."""
    exchanges = [attempt.exchange for attempt in step.attempts]
    if step.chosen is not None:
        exchanges = [exchanges[0], exchanges[step.chosen]]
    return max(each.start + each.elapsed for each in exchanges) - min(each.start for each in exchanges)


# --- the lines --------------------------------------------------------------------------------------


def _result_text(trace: Trace, found: Result, shown: Display, form: Form) -> str:
    if shown.output is Output.JSONL:
        how = {"verbose": shown.verbose, "explain": shown.explain_steps, "brief": shown.brief}
        report, to_json = _for_json()
        return to_json(report(trace), **how) + "\n"
    name, rdtype = name_text(trace.question.name), type_text(trace.question.rdtype)
    if shown.output is Output.SHORT:
        return "".join(f"{name} {kind} {rdata}\n" for kind, rdata in data(trace))
    said = "  ".join(filter(None, (found.said[0], _in_red(found.said[1]) if form.color else found.said[1])))
    name, rdtype = name.ljust(form.columns[0]), rdtype.ljust(form.columns[1])
    return f"{name} {rdtype} {found.outcome:<8} {time_text(trace.stats.duration):>8}  {said}\n"


@cache
def _for_json() -> tuple[Callable[[Trace], Report], Callable[..., str]]:
    """What only JSON needs, imported with the first line of it, and looked up once."""
    from dnstrace.api import report
    from dnstrace.render.document import to_json

    return report, to_json


def _in_red(wrong: str) -> str:
    """What is wrong, with all but warnings and notices in red."""
    errors = _SIGNS[Level.ERROR]
    return _BETWEEN.join(
        f"{_RED}{each}{_PLAIN}" if each.startswith(errors) else each for each in wrong.split(_BETWEEN)
    )


def _answer_text(trace: Trace) -> str:
    rdtype = type_text(trace.question.rdtype)
    asked = ", ".join(rdata for kind, rdata in data(trace) if kind == rdtype)
    return asked or harmless(trace.error) or _outcome_text(trace)


def _wrong_text(trace: Trace, ascii_only: bool) -> str:
    """What is wrong: broken trust, expectations that are not met, findings; each with its sign."""
    from dnstrace.render.expected import unmet_texts

    cross = _SIGNS[Level.ERROR][ascii_only]
    bogus = [f"{cross} bogus"] if is_bogus(trace) and not trace.findings else []
    unmet = (met for met in trace.expectations or () if not met.met)
    expected = (f"{cross} {text}" for met in unmet for text in unmet_texts(met))
    return _BETWEEN.join((*bogus, *expected, *_findings_in_words(trace, ascii_only)))


def _findings_in_words(trace: Trace, ascii_only: bool) -> Iterator[str]:
    """Each code that was found with its sign and the servers, or the zone if that is another one."""
    if not trace.findings:
        return
    reached, by_code = zone_reached(trace), dict[tuple[Level, str], dict[str, None]]()
    for finding in trace.findings:
        where = by_code.setdefault((finding.level, finding.code), {})
        where |= dict.fromkeys(_places(finding, reached))
    for level in Level:
        for (of, code), places in by_code.items():
            if of is level:
                yield " ".join(filter(None, (_SIGNS[level][ascii_only], code, _few(places))))


def _places(finding: Finding, reached: Name | None) -> Iterator[str]:
    if finding.server is not None:
        yield harmless(plain(finding.server))
    elif finding.zone is not None and finding.zone != reached:
        yield harmless(plain(finding.zone))


def _few(places: Iterable[str]) -> str:
    named = [*places]
    more = [f"{len(named) - _SERVERS} more"] if len(named) > _SERVERS else []
    return ", ".join([*named[:_SERVERS], *more])
