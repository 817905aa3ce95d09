"""The last lines of the tree: the result and its cost, what has to be added to it, and the verdict.

Nothing here looks reassuring next to a failure: where there is a verdict, a bogus answer, a resolver without
an answer or an expectation that is not met, no line is in the colour of success.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.dropping import is_dropped, named_servers
from dnstrace.analysis.reached import delegation_reached, ended_well, is_bogus
from dnstrace.model import Outcome
from dnstrace.model.findings import Blame, Level
from dnstrace.model.jobs import without_job
from dnstrace.model.lives import Held
from dnstrace.model.naming import plain
from dnstrace.model.security import Security
from dnstrace.render.delegation import supposed_texts
from dnstrace.render.expected import expected_text, unmet_texts
from dnstrace.render.layout import Node
from dnstrace.render.text import clock_text, count_text, harmless, rdata_text, time_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, joined, marked

if TYPE_CHECKING:
    import dns.rrset

    from dnstrace.model import Trace
    from dnstrace.model.report import Report

_ALIASES = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
_LONGEST = 60  # characters of RDATA in the last line
_MOST = 3  # records there
_NEGATIVE = "a negative answer"
_HELD: dict[Outcome | None, str] = {
    Outcome.NODATA: _NEGATIVE,
    Outcome.NXDOMAIN: _NEGATIVE,
    Outcome.REFERRAL: "a referral",
}
_ALL_BUT = {
    "ent-nxdomain": ", if the whole name is asked for at once",
    "ns-differs": ", through the name servers that the parent lists",
    "parent-servers-differ": ", through the delegation that was followed",
}  # what has to be added, by finding, where all paths give the same answer and there is an error


def closing_blocks(report: Report, verbose: bool = False) -> list[list[Node]]:
    """The result and its cost, and the verdict if something is wrong; with `verbose` the seed too."""
    verdict = _verdict_nodes(report, verbose)
    explained = any(harmless(report.trace.error) in node.line.plain for node in verdict)
    lines = [Node(line) for line in _result_lines(report, explained, verbose)]
    return [lines, *([verdict] if verdict else [])]


def remarks(report: Report) -> list[Text]:
    """Remarks on the whole trace: assumptions, shares of paths, cache lifetime, expectations."""
    trace = report.trace
    return [
        *_assumption_lines(trace),
        *_paths_lines(report),
        *_lifetime_line(report),
        *_resolvers_line(report),
        *_expectation_lines(report),
    ]


# --- the lines ----------------------------------------------------------------------------------


def _verdict_nodes(report: Report, verbose: bool) -> list[Node]:
    if report.verdict is None:
        return []
    from dnstrace.render.findings import verdict_nodes

    return verdict_nodes(report, verbose)


def _result_lines(report: Report, explained: bool, verbose: bool) -> list[Text]:
    """The result and its cost, and why the trace failed unless the verdict has `explained` that."""
    trace, lines = report.trace, []
    if trace.interrupted:
        lines.append(marked(WARNING, Text("interrupted: these are partial results", WARNING)))
    elif trace.cut_short and not trace.unapplied and trace.cut_short not in trace.error:
        lines.append(Text(f"{trace.cut_short}: not every reply was awaited", WARNING))
    if trace.error and not explained:
        error = harmless(trace.error)
        lines.append(Text(error, QUIET) if report.verdict else marked(BAD, Text(error, BAD)))
    seed = [f"--seed {trace.seed}"] if verbose else []
    so_far = " so far" if trace.outcome is None and not trace.interrupted else ""
    return [
        *_assumption_lines(trace),
        *lines,
        *_security_line(report),
        *_paths_lines(report),
        joined([_result_text(report), *_cost_parts(trace, so_far), *seed]),
        *_lifetime_line(report),
        *_delegation_line(report),
        *_resolvers_line(report),
        *_expectation_lines(report),
    ]


def _resolvers_line(report: Report) -> list[Text]:
    """How many of the resolvers that were asked have no answer, an old one, or another one."""
    if not report.resolvers or report.trace.outcome is None:
        return []
    from dnstrace.analysis.resolvers import level_of
    from dnstrace.render.resolver_closing import closing_text

    if not (text := closing_text(report.resolvers, report.replayed)):
        return []
    levels = {level_of(each, report.resolvers) for each in report.resolvers}
    style = BAD if Level.ERROR in levels else WARNING if Level.WARNING in levels else ""
    return [marked(style, Text(text, style))]


def _assumption_lines(trace: Trace) -> list[Text]:
    """What the trace assumed that the parent publishes, and which servers it took as dead."""
    texts = [text for cut in trace.supposed for text in supposed_texts(cut)]
    dropped = [each for step in trace.steps for each in step.attempts if is_dropped(each)]
    if dropped:
        lost = count_text(len(dropped), "query", "queries")
        servers = " and ".join(named_servers(dropped))
        texts.append(f"{servers} were dead (--drop): {lost} lost")
    return [Text(f"as if {text}", WARNING) for text in texts]


def _lifetime_line(report: Report) -> list[Text]:
    """When a record was traced, and how long the result may be cached."""
    words = [f"traced {report.trace.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC"] if report.replayed else []
    return [Text(each) for each in (*words, _lifetime_text(report)) if each]


def _paths_lines(report: Report) -> list[Text]:
    """Which share of all paths leads to which result, if every address was asked.

    That all paths give the same answer is good news only if validating resolvers take that answer, and those
    get there that ask for one label after the other (RFC 9156).
    """
    if not report.shares:
        return []
    from dnstrace.render.survey import paths_lines

    lines = paths_lines(report)
    if lines and len(report.shares) == 1 and report.shares[0].meaning.usable:
        if is_bogus(report.trace):
            lines[-1] = Text.assemble(lines[-1], ", which validating resolvers reject")
        elif any(finding.is_error for finding in report.trace.findings or ()):
            codes = {finding.code for finding in report.trace.findings or ()}
            but = "".join(text for code, text in _ALL_BUT.items() if code in codes)
            lines[-1] = Text.assemble(lines[-1], but)
    return lines


def _security_line(report: Report) -> list[Text]:
    """The security status, and the reason unless it is secure or the verdict gives it."""
    trace = report.trace
    if trace.unjudged:
        return [marked(WARNING, Text(f"DNSSEC is not judged: {harmless(trace.unjudged)}"))]
    if (judgement := trace.judgement) is None or trace.outcome is Outcome.FAILED:
        return []  # a failed trace has no data to judge
    status, bogus = judgement.security.value, judgement.security is Security.BOGUS
    reason = "" if bogus and _is_explained(report, judgement.reason) else security_reason(report)
    style = BAD if bogus else GOOD if judgement.security is Security.SECURE and ended_well(report) else ""
    text = Text(f"{status}: {reason}" if reason else status, style)
    return [marked(style, text) if bogus else text]


def security_reason(report: Report) -> str:
    """The reason for the security status, without who needs to act where a verdict says that."""
    reason = "" if report.trace.judgement is None else harmless(report.trace.judgement.reason)
    return reason if report.verdict is None else without_job(reason)


def _is_explained(report: Report, reason: str) -> bool:
    """Whether the verdict or a finding has the reason why the answer is bogus."""
    said = [finding.message for finding in report.trace.findings or ()]
    said += [] if report.verdict is None else [report.verdict.text]
    return any(reason in text for text in said)


def _expectation_lines(report: Report) -> list[Text]:
    """The user's expectations, and whether they are met."""
    style = GOOD if ended_well(report) else ""
    lines: list[Text] = []
    for met in report.trace.expectations or ():
        if met.met:
            lines.append(Text(f"✓ {expected_text(met)}", style))
        else:
            lines += (marked(BAD, Text(text, BAD)) for text in unmet_texts(met))
    return lines


def _result_text(report: Report) -> Text:
    """The outcome in a few words: the data themselves if they are short."""
    trace = report.trace
    if several := _equal_results(report):
        return Text(several, STRONG)
    good = f"{STRONG} {GOOD}" if ended_well(report) else STRONG
    if trace.outcome is Outcome.NXDOMAIN:
        return Text("NXDOMAIN", STRONG)
    if trace.outcome is Outcome.NODATA:
        return Text("NODATA", STRONG)
    if trace.outcome is Outcome.FAILED:
        return Text("failed", f"{STRONG} {BAD}")
    if trace.outcome is Outcome.REFERRAL and (cut := delegation_reached(trace)) is not None:
        servers = count_text(len(cut.servers), "name server")
        return Text(f"{plain(cut.zone)} is delegated to {servers}", good)
    wanted, style = _rrsets_asked_for(trace), f"{STRONG} {BAD}" if is_bogus(trace) else good
    if not wanted:
        return Text("")
    count = sum(map(len, wanted))
    texts = [rdata_text(rdata) for rrset in wanted for rdata in islice(rrset, _MOST + 1)]
    if count <= _MOST and len(text := ", ".join(texts)) <= _LONGEST:
        return Text(text, style)
    types = {dns.rdatatype.to_text(rrset.rdtype) for rrset in wanted}
    one = f"{types.pop()} record" if len(types) == 1 else "record"
    return Text(count_text(count, one), style)


def _equal_results(report: Report) -> str:
    """The results, where as many paths lead to one as to another, and none of them is the answer."""
    if len(report.shares) < 2 or is_bogus(report.trace):
        return ""
    from dnstrace.render.results import result_words
    from dnstrace.render.survey import as_likely

    texts = dict.fromkeys(result_words(each.meaning) for each in as_likely(report.shares))
    if len(texts) < 2:
        return ""
    text = " or ".join(texts)
    return text if len(texts) <= _MOST and len(text) <= _LONGEST else f"{len(texts)} different answers"


def _rrsets_asked_for(trace: Trace) -> list[dns.rrset.RRset]:
    """The RRsets that the user asked for; for ANY, all but aliases and signatures."""
    asked = [rrset for rrset in trace.answer if rrset.rdtype == trace.question.rdtype]
    return asked or [rrset for rrset in trace.answer if rrset.rdtype not in _ALIASES] or list(trace.answer)


def _cost_parts(trace: Trace, so_far: str) -> list[Text | str]:
    stats = trace.stats
    details = [
        f"{stats.timeouts} timeout{'s' if stats.timeouts > 1 else ''}" if stats.timeouts else "",
        f"{stats.tcp} over TCP" if stats.tcp else "",
    ]
    problems = ", ".join(filter(None, details))
    return [
        count_text(stats.zones, "zone"),
        count_text(stats.queries, "query", "queries") + (f" ({problems})" if problems else ""),
        time_text(stats.duration) + so_far,
    ]


def _lifetime_text(report: Report) -> str:
    """How long a resolver that asked now would cache the result."""
    trace = report.trace
    if is_bogus(trace) and trace.outcome is not Outcome.FAILED:
        return "validating resolvers return SERVFAIL instead"
    if (seconds := report.life) is None:
        return ""
    if not seconds:
        return "resolvers must not cache this"
    ended = trace.started.astimezone(UTC) + timedelta(seconds=trace.stats.duration)
    what = _HELD.get(trace.outcome, "an answer")
    until = clock_text(ended, ended + timedelta(seconds=seconds))
    return f"{what} cached {'then lived' if report.replayed else 'now lives'} until {until}"


def _delegation_line(report: Report) -> list[Text]:
    """Until when resolvers use the delegation, if that is what has to be changed."""
    found = [life for life in report.lives if life.what is Held.DELEGATION]
    verdict = report.verdict
    if verdict is None or verdict.blame not in (Blame.REGISTRAR, Blame.PARENT) or not found:
        return []
    began, last = report.trace.started.astimezone(UTC), max(found, key=lambda life: life.until)
    until = clock_text(began, last.until.astimezone(UTC))
    asking = "asked then kept" if report.replayed else "ask now keep"
    return [Text(f"resolvers that {asking} the delegation until {until}")]
