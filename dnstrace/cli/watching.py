"""`--watch`: repeat a trace until it differs from the first, is as expected, or is well."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from dnstrace import api
from dnstrace.analysis.differences import UNHEARD, differences
from dnstrace.analysis.reached import went_wrong
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.forms import Output
from dnstrace.cli.output import FORMS
from dnstrace.cli.status import status
from dnstrace.cli.usage import Usage
from dnstrace.model.counting import counted
from dnstrace.model.policy import FAIL_ON
from dnstrace.render.document import document
from dnstrace.render.short import data

if TYPE_CHECKING:
    from dnstrace.cli.environment import Environment
    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Trace
    from dnstrace.model.documents import Document
    from dnstrace.model.policy import Policy

TraceAgain = Callable[[], "Trace"]

_LEAST = 1.0  # seconds: asking more often would be a burden to other people's servers
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def watch(
    chosen: Choices,
    environment: Environment,
    trace: TraceAgain | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Trace until there is a difference (status 5), until all is as expected, or all is well. Raises Usage.

    `trace` makes one trace, by default as the user chose; `sleep` waits for a number of seconds.
    """
    from dnstrace.cli.accepting import accepted_of
    from dnstrace.cli.expecting import expected_of

    trace, pause = trace or _once_more(chosen), chosen.watch or _LEAST
    if pause < _LEAST:
        raise Usage(
            f"--watch {pause:g}: other people's servers are asked at most once a second; give 1 or more"
        )
    first = latest = accepted_of(expected_of(trace(), chosen.expected), chosen.policy)
    if first.interrupted:
        form = FORMS.get(chosen.shown.output, FORMS[Output.TREE])
        environment.write(form(api.report(first), chosen.shown, environment))
        return Exit.INTERRUPTED
    screen = chosen.shown.output is Output.TREE and environment.is_terminal
    again = pause if chosen.is_live and not _may_end(chosen, latest) else 0
    _show_changes(latest, [_result_line(latest)], screen, again, chosen, environment)
    while not _may_end(chosen, latest):
        if not chosen.is_live:
            environment.remark("nothing changes in the lab or in a record, so it is not traced again")
            break
        sleep(pause)
        before, latest = latest, accepted_of(expected_of(trace(), chosen.expected), chosen.policy)
        if latest.interrupted:
            return Exit.INTERRUPTED
        found = differences(_document_of(first), _document_of(latest))
        since = differences(_document_of(before), _document_of(latest))
        ended = any(each.what != UNHEARD for each in found) and _ends_at_a_change(chosen)
        again = 0 if ended or _may_end(chosen, latest) else pause
        _show_changes(latest, [each.text for each in since], screen, again, chosen, environment)
        if ended:
            return Exit.FINDINGS
    found_last = status([latest], chosen.policy)
    if chosen.until == "ok" and found_last is Exit.ANSWER:
        environment.remark(_why_it_is_ok(latest, chosen.policy))
    return found_last


def _why_it_is_ok(latest: Trace, policy: Policy) -> str:
    """Why nothing is waited for any longer, and what is left that does not count."""
    if latest.findings is None:
        return "ok: nothing failed; without --check no findings are waited for"
    counting = FAIL_ON[: FAIL_ON.index(policy.fail_on) + 1] if policy.fails_on_errors else ()
    none = f"no {' or '.join(counting)} found" if counting else "no finding counts with --fail-on never"
    levels = [finding.level.value for finding in latest.findings]
    left = next((level for level in FAIL_ON if level in levels), None)
    if left is None:
        return f"ok: {none}"
    count = levels.count(left)
    rest = "that" if count == 1 else "those"
    return f"ok: {none}; {counted(count, left)}: --fail-on {left} waits for {rest} too"


def _once_more(chosen: Choices) -> TraceAgain:
    """A function that makes one trace as the user chose, each with nothing known.

    If the user stops it, it returns what was found so far.
    """
    from dnstrace.cli.planning import planned
    from dnstrace.cli.tracing import trace_until_stopped

    count = len(planned(chosen).questions)
    if count != 1:
        raise Usage(f"--watch follows one question, and these are {count}: give one name and type")

    def trace() -> Trace:
        plan = planned(chosen)
        return trace_until_stopped(plan.questions[0], plan)

    return trace


def _ends_at_a_change(chosen: Choices) -> bool:
    """Whether watching ends at the first change; where something is expected, only if that is asked for."""
    return chosen.until == "change" or not (chosen.until or chosen.expected)


def _may_end(chosen: Choices, latest: Trace) -> bool:
    """Whether what the user waits for has come: all is well, or as expected."""
    if chosen.until == "ok":
        return status([latest], chosen.policy) is Exit.ANSWER
    if _ends_at_a_change(chosen):
        return False
    return all(met.met for met in latest.expectations or ())


def _show_changes(
    latest: Trace, said: list[str], screen: bool, again: float, chosen: Choices, environment: Environment
) -> None:
    """Show the tree if there is a screen for it, or else a line for each change, with the time.

    The next trace begins `again` seconds later; 0: there is none.
    """
    when = latest.started.strftime("%H:%M:%S UTC")
    if screen:
        tree = FORMS[Output.TREE](api.report(latest), chosen.shown, environment)
        more = f", again in {again:g} s (Ctrl-C ends it)" if again else ""
        environment.write(f"{_CLEAR}{tree}\n{when}{more}\n")
    elif chosen.shown.output is Output.JSONL:
        environment.write(FORMS[Output.JSONL](api.report(latest), chosen.shown, environment))
    else:
        from dnstrace.render.text import harmless

        environment.write("".join(f"{when} {harmless(text)}\n" for text in said))


def _document_of(trace: Trace) -> Document:
    return document(api.report(trace))


def _result_line(trace: Trace) -> str:
    """The result of the first trace, in a line."""
    told = ", ".join(rdata for _, rdata in islice(data(trace), 4))
    outcome = "" if trace.outcome is None else trace.outcome.value
    if went_wrong(trace) and trace.error:
        outcome = f"{outcome}: {trace.error}"
    codes = ", ".join(dict.fromkeys(finding.code for finding in trace.findings or ()))
    return f"{trace.question}: {told or outcome}{'; ' if codes else ''}{codes}"
