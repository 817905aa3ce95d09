"""A trace that asked every address: agreeing servers in one line, the others, and the shares of paths."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from rich.text import Text

from dnstrace.analysis.paths import Lead, by_address, final, lead, unheard
from dnstrace.model import Fault, Kind, Outcome
from dnstrace.model.families import why_unasked
from dnstrace.render.edns import edns_options, version_text
from dnstrace.render.results import distinction, result_words, server_list
from dnstrace.render.text import count_text, rcode_text, time_range
from dnstrace.render.wording import (
    WARNING,
    attempt_line,
    joined,
    marked,
    result_line,
    shared_remarks,
    shown_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Attempt, Meaning, Step
    from dnstrace.model.paths import Share
    from dnstrace.model.report import Report

_LISTED = 2  # addresses of one server, or servers, that are named
_LARGEST = 1000  # denominator that says more than a percentage
_FAULTS = {
    Kind.REFUSED: "REFUSED at",
    Kind.SERVER_FAILURE: "SERVFAIL at",
    Kind.NOT_IMPLEMENTED: "NOTIMP at",
    Kind.FORMAT_ERROR: "FORMERR at",
    Kind.TIMEOUT: "no answer from",
    Kind.ABANDONED: "no answer from",
    Kind.CONNECTION_LOST: "no answer from",
    Kind.PORT_UNREACHABLE: "no answer from",
    Kind.HOST_UNREACHABLE: "no answer from",
}


# --- the attempts of a step -------------------------------------------------------------------


def folded_lines(step: Step, brief: bool = False) -> list[tuple[float, Text]]:
    """The lines for a step's attempts, each with the time at which its addresses were first asked.

    The addresses that gave the chosen result without trouble share one line, and those that met the same
    trouble share theirs. The tries of one address that ended in the same way are one line too. If `brief`,
    servers are not counted where all of them agree.
    """
    addresses = by_address(step)
    usable = step.chosen is not None and step.attempts[step.chosen].meaning.usable
    wanted = lead(step.attempts[step.chosen].meaning) if step.chosen is not None and usable else None
    alike = [text for text, indices in addresses.items() if _agrees_plainly(step, indices, wanted)]
    lines: list[tuple[float, Text]] = []
    if len(alike) > 1:
        last = {text: addresses.pop(text)[-1] for text in alike}
        lines.append((0.0, _agreement_line(step, last, brief)))
    for group in _in_the_same_way(step, addresses.values()):
        start = step.attempts[group[0][0]].exchange.start
        lines += [(start, line) for line in _lines_of(step, group)]
    return lines


def _in_the_same_way(step: Step, addresses: Iterable[list[int]]) -> list[list[list[int]]]:
    """The attempts at each address, those together at whose addresses the same happened."""
    found: dict[object, list[list[int]]] = {}
    for indices in addresses:
        chosen = step.chosen if step.chosen in indices and step.attempts[step.chosen].meaning.usable else None
        way = tuple(_result(step.attempts[index]) for index in _distinct(step, indices))
        found.setdefault((chosen, way), []).append(indices)
    return list(found.values())


def _result(attempt: Attempt) -> object:
    """How an attempt ended, in as far as its line shows it."""
    meaning, exchange = attempt.meaning, attempt.exchange
    options = None if exchange.message is None else edns_options(exchange.message)
    return (
        meaning.kind,
        meaning.rcode,
        meaning.note,
        exchange.query.transport,
        exchange.query.edns is None,
        exchange.mismatched,
        attempt.cause,
        lead(meaning) if meaning.usable else None,
        () if options is None else (options.errors, options.version),
    )


def _distinct(step: Step, indices: list[int]) -> list[int]:
    """Of the tries of one address: the last if it was usable in the end, otherwise one a way to fail."""
    kinds = [step.attempts[index].meaning.kind for index in indices]
    if step.attempts[indices[-1]].meaning.usable and Kind.TRUNCATED not in kinds:
        return indices[-1:]
    ways = {
        (step.attempts[i].meaning.kind, step.attempts[i].exchange.query.transport): i for i in indices[::-1]
    }
    return sorted(ways.values())


def _lines_of(step: Step, group: list[list[int]]) -> list[Text]:
    """The lines of addresses at which the same happened."""
    lines = []
    for place, index in enumerate(_distinct(step, group[0])):
        attempts = [step.attempts[_distinct(step, indices)[place]] for indices in group]
        tries = max(_tries(step, indices, index) for indices in group)
        if len(group) == 1:
            line = attempt_line(step, index)
        else:
            took = [attempt.exchange.elapsed for attempt in attempts]
            line = result_line(
                step, index, _who(attempts), time_range(min(took), max(took)), shared_remarks(step, index)
            )
        lines.append(joined([line, f"{tries} tries"]) if tries > 1 else line)
    return lines


def _tries(step: Step, indices: list[int], shown: int) -> int:
    """How many tries of an address the line of one of them stands for."""
    if len(_distinct(step, indices)) == 1:
        return len(indices)
    like = step.attempts[shown]
    return sum(
        step.attempts[index].meaning.kind is like.meaning.kind
        and step.attempts[index].exchange.query.transport is like.exchange.query.transport
        for index in indices
    )


def _who(attempts: list[Attempt]) -> Text:
    """The server and its addresses, or of several servers the names and the number of their addresses."""
    servers = list(dict.fromkeys(attempt.server for attempt in attempts))
    addresses = list(dict.fromkeys(attempt.address for attempt in attempts))
    if len(servers) == 1 and len(addresses) <= _LISTED:
        return shown_server(servers[0], ", ".join(addresses))
    names = server_list(servers) if len(servers) <= _LISTED else count_text(len(servers), "server")
    return Text(f"{count_text(len(addresses), 'address', 'addresses')} of {names}")


def _agrees_plainly(step: Step, indices: list[int], wanted: Lead | None) -> bool:
    """Whether an address gave the result `wanted` without trouble, at most with a retry over TCP."""
    if wanted is None:
        return False
    attempts = [step.attempts[index] for index in indices]
    exchange = attempts[-1].exchange
    return (
        lead(attempts[-1].meaning) == wanted
        and all(attempt.meaning.kind is Kind.TRUNCATED for attempt in attempts[:-1])
        and not any(attempt.exchange.mismatched for attempt in attempts)
        and exchange.message is not None
        and not edns_options(exchange.message).errors
    )


def _agreement_line(step: Step, last: dict[str, int], brief: bool) -> Text:
    """`24 of 26 addresses (12 of 13 servers) agree on the referral below · 9 to 36 ms`."""
    asked = {a.address for a in step.attempts if a.exchange.fault is not Fault.NETWORK_UNREACHABLE}
    have = sum(any(address.text in last for address in server.addresses) for server in step.servers)
    addresses, servers = _of_all(len(last), len(asked), "address", "addresses"), count_text(have, "server")
    if have < len(step.servers):
        servers = _of_all(have, len(step.servers), "server", "servers")
    of_whom = "" if brief and have == len(step.servers) else f" ({servers})"
    times = [step.attempts[index].exchange.elapsed for index in last.values()]
    on_what = "" if len(last) == len(asked) else f" on the {_what_is_below(step)} below"
    parts: list[Text | str] = [f"{addresses}{of_whom} agree{on_what}", time_range(min(times), max(times))]
    messages = (step.attempts[index].exchange.message for index in last.values())
    versions = {None if message is None else edns_options(message).version for message in messages}
    version = versions.pop() if len(versions) == 1 else None
    return joined([*parts, version_text(version)] if version is not None else parts)


def _what_is_below(step: Step) -> str:
    """What the line on the chosen result, further down, shows."""
    return "referral" if step.outcome is Outcome.REFERRAL else "answer"


def _of_all(count: int, whole: int, one: str, several: str) -> str:
    """`both addresses`, `all 26 addresses`, `24 of 26 addresses`."""
    if count < whole:
        return f"{count} of {count_text(whole, one, several)}"
    return f"{'both' if count == 2 else f'all {count}'} {several}"


# --- the shares -------------------------------------------------------------------------------


def as_likely(found: tuple[Share, ...]) -> list[Share]:
    """The largest share and those that are as large, of paths that end with an answer or a denial."""
    return [each for each in found if each.share == found[0].share and each.meaning.usable]


def paths_lines(report: Report) -> list[Text]:
    """The results of all paths in one sentence, and the families not counted; empty before the end."""
    trace, found = report.trace, report.shares
    if not found:
        return []
    whole = lcm(*(share.share.denominator for share in found))
    first, *rest = found
    apart = [
        words for each in rest if each.meaning.usable and (words := distinction(first.meaning, each.meaning))
    ]
    begin = _first_share(first, whole) + (apart[0] if apart else "")
    if len(as_likely(found)) > 1:
        begin += f" at {server_list(first.servers)}"
    line = Text(", ".join([begin, *(_further_share(each, first.meaning, whole) for each in rest)]))
    asked = [step for step in trace.steps if step.all_servers]
    silent = [
        family
        for family in sorted(unheard(trace.steps))
        if any(len(final(step)) > len(final(step, frozenset({family}))) for step in asked)
    ]
    why = {family: f"no IPv{family} address replied in this trace" for family in silent}
    why |= {
        family: why_unasked(family, reason)
        for family, reason in trace.unasked.items()
        if reason.is_chosen and _has_family(asked, family)
    }
    left_out = [
        Text(f"IPv{family} is not counted: {words}", WARNING) for family, words in sorted(why.items())
    ]
    return [*(marked(WARNING, text) for text in left_out), line]


def _has_family(steps: list[Step], family: int) -> bool:
    """Whether a server of the steps is known to have an address of a family."""
    return any(a.family == family for step in steps for server in step.servers for a in server.addresses)


def _first_share(share: Share, whole: int) -> str:
    """`all paths give 192.0.2.44`, `3 of 4 paths end with REFUSED at ns1.example.com`."""
    if share.share == 1:
        return _ends_with("all paths", True, share)
    of = " of" if whole > _LARGEST else ""
    return _ends_with(f"{_fraction(share, whole)}{of} paths", share.share * whole != 1, share)


def _further_share(share: Share, first: Meaning, whole: int) -> str:
    """`1 of 4 gives 192.0.2.45 at ns2.example.com`; `first` is the result of the largest share."""
    words = _ends_with(_fraction(share, whole), share.share * whole != 1, share)
    if not share.meaning.usable:
        return words
    return f"{words}{distinction(share.meaning, first)} at {server_list(share.servers)}"


def _ends_with(subject: str, plural: bool, share: Share) -> str:
    if share.meaning.usable:
        return f"{subject} {'give' if plural else 'gives'} {result_words(share.meaning)}"
    return f"{subject} {'end' if plural else 'ends'} with {_fault_words(share)} {server_list(share.servers)}"


def _fraction(share: Share, whole: int) -> str:
    if whole > _LARGEST:
        return f"{float(share.share * 100):.3g}%"
    return f"{share.share * whole} of {whole}"


def _fault_words(share: Share) -> str:
    """The fault that ends a share, with a preposition."""
    kind = share.meaning.kind
    if kind is Kind.OTHER_RCODE and share.meaning.rcode is not None:
        return f"{rcode_text(share.meaning.rcode)} at"
    return _FAULTS.get(kind, f"{kind.value.replace('-', ' ')} at")
