"""Traces from several places, for people: a table, what differs, what is the same, and where the fault is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.blame_across import at
from dnstrace.model import Outcome
from dnstrace.model.across import Where
from dnstrace.model.places import Failure
from dnstrace.model.security import Security
from dnstrace.render.findings import brief_remedy_nodes, finding_line
from dnstrace.render.layout import ASCII, UNICODE, Columns, Node, rows
from dnstrace.render.text import count_text, escaped, harmless, time_text, ttl_text
from dnstrace.render.wording import BAD, GOOD, QUIET, STRONG, WARNING, marked, question_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

    from dnstrace.model import Question
    from dnstrace.model.across import Across, Row, Statement
    from dnstrace.model.places import Place, PlaceTrace, Seen

_MOST = 3  # data of an answer in the table
_SECURITY = {Security.SECURE: GOOD, Security.BOGUS: BAD}
_VERDICT = {Where.NOWHERE: GOOD, Where.PARTLY: WARNING, Where.DIFFERS: WARNING, Where.UNKNOWN: WARNING}
_DASH = "-"


class PlacesView:
    """What several places saw, as a rich renderable."""

    def __init__(
        self,
        across: Across,
        question: Question,
        verbose: bool,
        ascii_only: bool,
        traced: Iterable[PlaceTrace] = (),
    ) -> None:
        """`traced` are the places of which it is shown what name servers did over TLS (`--adot`)."""
        self._guides = ASCII if ascii_only else UNICODE
        self._blocks: list[list[Node] | Columns] = [
            [Node(question_text(question))],
            _table(across),
            *([failed] if (failed := _failures(across)) else []),
            *([differing] if (differing := _differing(across)) else []),
            *([agreed] if (agreed := _agreed(across, verbose)) else []),
            *([found] if (found := _findings(across)) else []),
            *_over_tls(traced),
            [Node(_verdict(across))],
        ]

    def lines(self, width: int) -> Iterator[Text]:
        """The lines, at most `width` columns wide."""
        for index, block in enumerate(self._blocks):
            if index:
                yield Text("")
            if isinstance(block, Columns):
                yield from block.lines(width, self._guides)
            else:
                for node in block:
                    yield from rows(node, width, self._guides)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol."""
        for line in self.lines(options.max_width):
            yield from line.render(console, end="\n")


def _over_tls(traced: Iterable[PlaceTrace]) -> Iterator[list[Node]]:
    """What name servers did over TLS, place by place, where they were asked."""
    for each in traced:
        if each.report.trace.encrypted is not None:
            from dnstrace.render.encrypted import encrypted_nodes

            yield encrypted_nodes(each.report.trace, verbose=False, place=each.place.name)


def end_text(seen: Seen) -> tuple[str, str]:
    """How the trace of a place ended, in a word, and its style."""
    if isinstance(seen, Failure):
        return "no trace", BAD
    trace = seen.report.trace
    if trace.interrupted or trace.outcome is None:
        return "interrupted", WARNING
    style = BAD if trace.outcome is Outcome.FAILED else "" if trace.outcome is Outcome.ANSWER else WARNING
    return trace.outcome.value, style


def answer_text(row: Row | None) -> str:
    """The data of an answer, the first few of many."""
    if row is None:
        return ""
    more = f" and {len(row.answer) - _MOST:,} more" if len(row.answer) > _MOST else ""
    return harmless(", ".join(row.answer[:_MOST])) + more


def cells(seen: Seen, row: Row | None) -> dict[str, tuple[str, str]]:
    """The cells of a place in the table, each with its style, by the heads of their columns."""
    security = None if isinstance(seen, Failure) else seen.report.trace.judgement
    status = None if security is None else security.security
    nsid = "" if row is None or row.nsid is None else escaped(row.nsid)
    resolvers = () if row is None else row.resolvers
    return {
        "outcome": end_text(seen),
        "server": ("" if row is None else row.address or "", ""),
        "NSID": (nsid, ""),
        "RTT": ("" if row is None or row.rtt is None else time_text(row.rtt), ""),
        "TTL": ("" if row is None or row.ttl is None else ttl_text(row.ttl), ""),
        "security": (
            "" if status is None else status.value,
            "" if status is None else _SECURITY.get(status, ""),
        ),
        "resolver": (", ".join(f"{address} {said}".strip() for address, said in resolvers), ""),
        "answer": (answer_text(row), ""),
    }


def table_cells(across: Across) -> tuple[list[str], list[tuple[Place, list[tuple[str, str]]]]]:
    """The heads of the table and its rows; a column in which no place has anything is left out."""
    by_place = {each.place: each for each in across.rows}
    every = [(each.place, cells(each, by_place.get(each.place))) for each in across.seen]
    heads = [head for head in (every[0][1] if every else ()) if any(found[head][0] for _, found in every)]
    return heads, [(place, [found[head] for head in heads]) for place, found in every]


def _table(across: Across) -> Columns:
    heads, found = table_cells(across)
    return Columns(
        [Text("from", STRONG), *(Text(head, QUIET) for head in heads)],
        [
            [
                Text(harmless(place.name)),
                *(Text(text or _DASH, style if text else QUIET) for text, style in row),
            ]
            for place, row in found
        ],
    )


def _failures(across: Across) -> list[Node]:
    return [
        Node(marked(BAD, Text(failure_text(each), BAD))) for each in across.seen if isinstance(each, Failure)
    ]


def failure_text(failure: Failure) -> str:
    """A place without a trace, in one line."""
    return harmless(f"{failure.place.name} {failure.why}")


def statement_text(statement: Statement) -> str:
    """What holds at some places, as a sentence."""
    return harmless(f"{at(statement.places)} {statement.text}")


def _differing(across: Across) -> list[Node]:
    lines = [Node(Text(statement_text(each))) for each in across.differing]
    return [Node(Text("differs", STRONG), lines, heading=True)] if lines else []


def _agreed(across: Across, verbose: bool) -> list[Node]:
    """What all places agree on, once; what is sound only in short unless `verbose`."""
    if len(across.rows) < 2 or not across.agreed:
        return []
    head = Text(f"the same from {_all(len(across.rows))}", STRONG)
    texts = [harmless(each.text) for each in across.agreed] if verbose else list(agreed_texts(across))
    return [Node(head, [Node(Text(text)) for text in texts], heading=True)]


def agreed_texts(across: Across) -> Iterator[str]:
    """What all places agree on, in short: delegations in one line, then what is about the whole trace."""
    zones = dict.fromkeys(each.zone for each in across.agreed if each.what == "delegation")
    if zones:
        listed = ", ".join(zone.to_text(omit_final_dot=True) for zone in zones if zone is not None)
        yield harmless(f"the delegation of {listed}")
    for each in across.agreed:
        sound = each.what == "family" and each.text.rpartition(" over ")[0].endswith(" answer")
        if each.what not in ("delegation", "ds") and not sound:
            yield harmless(each.text)


def _all(count: int) -> str:
    return "both places" if count == 2 else f"all {count_text(count, 'place')}"


def _findings(across: Across) -> list[Node]:
    return [
        Node(
            finding_line(each.finding, seen_by(across, each.places)),
            brief_remedy_nodes(each.finding),
            heading=True,
        )
        for each in across.findings
    ]


def seen_by(across: Across, places: tuple[Place, ...]) -> str:
    """The places that see something, in words."""
    return "everywhere" if len(places) == len(across.rows) > 1 else harmless(at(places))


def _verdict(across: Across) -> Text:
    style = _VERDICT.get(across.where, BAD)
    if (missing := missing_text(across)) and style == GOOD:
        style = WARNING
    return marked(style, Text(harmless(across.verdict) + missing, style))


def missing_text(across: Across) -> str:
    """How many places sent no trace, to be put after the verdict; empty if all did."""
    failed = sum(isinstance(each, Failure) for each in across.seen)
    return f"; {count_text(failed, 'place')} sent no trace" if failed and across.rows else ""
