"""A trace as one self-contained HTML page, with a style sheet and a script of its own; it loads nothing.

The page is complete without its script, which only filters, sorts and copies. A strict Content Security
Policy allows both by their hashes. All text from the network is escaped, and could not run even if it were
not.
"""

from __future__ import annotations

from datetime import UTC
from html import escape
from typing import TYPE_CHECKING

import dns.rdatatype

from dnstrace import __version__
from dnstrace.analysis.reached import is_bogus
from dnstrace.model import Outcome
from dnstrace.model.security import Security
from dnstrace.render import pictures
from dnstrace.render.branches import Branches
from dnstrace.render.closing import remarks
from dnstrace.render.html_exchanges import exchanges
from dnstrace.render.html_head import html_head, script
from dnstrace.render.html_journey import journey_cards
from dnstrace.render.html_parts import (
    copyable,
    dnssec,
    findings,
    inline,
    lives_list,
    servers,
    tree_list,
    unfolding,
    verdict,
)
from dnstrace.render.html_words import words
from dnstrace.render.negative import ended_compactly
from dnstrace.render.text import (
    count_text,
    name_text,
    rdata_text,
    time_text,
    unicode_name,
)

if TYPE_CHECKING:
    from dnstrace.model import Trace
    from dnstrace.model.report import Report

_OUTCOMES = {Outcome.ANSWER: "good", Outcome.REFERRAL: "good", Outcome.FAILED: "bad"}
_SECURITY = {Security.SECURE: "good", Security.BOGUS: "bad"}
_EVIDENCE = {"tree", "exchanges"}
_UNFOLDED = 2  # resolvers that have all that they said unfolded


def parts_of_page(report: Report) -> dict[str, tuple[str, str]]:
    """The sections of the page that have anything, by their ids: each its title and its HTML."""
    trace = report.trace
    walk = tree_list(Branches(trace, verbose=True).blocks())
    count = count_text(sum(len(step.attempts) for step in trace.steps), "exchange")
    sections = {
        "answer": ("Answer", _answer_section(trace)),
        "findings": ("Findings", findings(report)),
        "journey": ("The journey", journey_cards(report)),
        "map": ("Map", _map_section(report)),
        "servers": ("By server", servers(report)),
        "dnssec": ("Chain of trust", dnssec(report)),
        "last-hop": ("The last hop", _last_hop_section(trace)),
        "over-tls": ("Over TLS", _over_tls_section(trace)),
        "resolvers": ("Resolvers", _resolvers_section(report)),
        "lives": ("Caching", lives_list(report.lives, report.replayed)),
        "tree": ("The walk", unfolding("Step by step, with every reply", walk)),
        "exchanges": ("Every exchange", _folded(count, exchanges(trace))),
    }
    plain = "".join((verdict(report), *(body for key, (_, body) in sections.items() if key not in _EVIDENCE)))
    sections["words"] = ("Words", words(plain))
    return {key: part for key, part in sections.items() if part[1]}


def html_page(report: Report) -> str:
    """The page, as HTML in UTF-8."""
    trace, there = report.trace, parts_of_page(report)
    question = f"{name_text(trace.question.name)} {dns.rdatatype.to_text(trace.question.rdtype)}"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            html_head(question, script()),
            "<body>",
            '<a class="skip" href="#main">Skip to the details</a>',
            page_header(report, question),
            _nav({key: title for key, (title, _) in there.items()}),
            '<main id="main" tabindex="-1">',
            *(section(key, *part) for key, part in there.items()),
            "</main>",
            footer(trace),
            f"<script>{script()}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _map_section(report: Report) -> str:
    picture = pictures.svg(report, alone=False)
    return f'<div class="scroll" tabindex="0" role="group" aria-labelledby="h-map">{picture}</div>'


def _last_hop_section(trace: Trace) -> str:
    """How each address answered the request for the page, if the page was requested."""
    if trace.fetched is None:
        return ""
    from dnstrace.render.fetched import fetched_nodes

    return tree_list([fetched_nodes(trace.fetched, trace.started)])


def _over_tls_section(trace: Trace) -> str:
    """What name servers did over TLS, if they were asked."""
    if trace.encrypted is None:
        return ""
    from dnstrace.render.encrypted import encrypted_nodes

    return tree_list([encrypted_nodes(trace, verbose=False)])


def _resolvers_section(report: Report) -> str:
    """The answers of the resolvers that were asked, compared with the walk."""
    if not report.resolvers:
        return ""
    from dnstrace.render.resolver_closing import closing_text
    from dnstrace.render.resolver_lines import resolver_nodes

    closing = f"<p>{escape(text)}.</p>" if (text := closing_text(report.resolvers)) else ""
    every = [node.children for node in resolver_nodes(report, verbose=True)]
    for node in (node for several in every for node in several):
        node.closed = len(report.resolvers) > _UNFOLDED
    return closing + tree_list(every)


def _folded(summary: str, body: str) -> str:
    return unfolding(summary, body) if body else ""


def section(key: str, title: str, body: str) -> str:
    """A section with its heading."""
    head = f'<h2 id="h-{key}">{title}</h2>'
    return f'<section id="{key}" aria-labelledby="h-{key}">{head}\n{body}\n</section>'


def page_header(report: Report, question: str) -> str:
    """The question, how its trace ended, what it cost, and the verdict."""
    trace = report.trace
    unicode = unicode_name(trace.question.name)
    shown = f' <span class="quiet">({escape(unicode)})</span>' if unicode else ""
    outcome = "in progress" if trace.outcome is None else trace.outcome.value
    style = "bad" if is_bogus(trace) else _OUTCOMES.get(trace.outcome or Outcome.FAILED, "warning")
    badges = [_badge("interrupted", "warning")] if trace.interrupted else []
    badges.append(_badge(outcome, style))
    if trace.judgement is not None:
        status = trace.judgement.security
        badges.append(_badge(status.value, _SECURITY.get(status, "warning")))
    stats = trace.stats
    took, needed = time_text(stats.duration), time_text(stats.critical_path)
    cost = ", ".join(
        [
            count_text(stats.zones, "zone"),
            count_text(stats.queries, "query", "queries"),
            took,
            *([f"{needed} on the critical path"] if needed != took else []),
        ]
    )
    return "\n".join(
        [
            "<header>",
            f"<h1>{escape(question)}{shown}</h1>",
            f'<p>{"".join(badges)}<span class="quiet">{escape(cost)}</span></p>',
            verdict(report),
            *(f"<p>{inline(line)}</p>" for line in remarks(report)),
            "</header>",
        ]
    )


def _badge(text: str, style: str) -> str:
    return f'<span class="badge {style}">{escape(text)}</span> '


def _nav(titles: dict[str, str]) -> str:
    links = "".join(f'<a href="#{key}">{title}</a>' for key, title in titles.items())
    search = (
        '<label id="search" hidden>Filter <input id="filter" type="search" aria-describedby="count" '
        'placeholder="server, zone, name, code" autocomplete="off"></label>'
        '<span id="count" class="quiet" role="status"></span>'
    )
    return f'<nav aria-label="Parts of this page"><div>{links}{search}</div></nav>'


def _answer_section(trace: Trace) -> str:
    """The whole answer, aliases included, as records in master-file form."""
    lines = [
        f"{name_text(rrset.name)} {rrset.ttl} IN {dns.rdatatype.to_text(rrset.rdtype)} {rdata_text(rdata)}"
        for rrset in trace.answer
        for rdata in rrset
    ]
    negative = {Outcome.NXDOMAIN: "The name does not exist.", Outcome.NODATA: "The name has no such records."}
    if ended_compactly(trace):
        negative[Outcome.NODATA] = "The name does not exist (compact denial: the RCODE is NOERROR)."
    if not lines:
        return f"<p>{negative[trace.outcome]}</p>" if trace.outcome in negative else ""
    return copyable(lines, "records")


def footer(trace: Trace) -> str:
    """When it was traced, by what, and the seed."""
    when = trace.started.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"<footer><p>Traced at {when} by dnstrace {escape(__version__)}, seed {trace.seed}.</p></footer>"
