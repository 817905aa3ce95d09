"""A trace that asked every address: agreeing servers in one line, the others, and the shares of paths."""

from __future__ import annotations

from itertools import islice
from math import lcm
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.paths import by_address, final, lead, shares, unheard
from dnstrace.model import Fault, Kind
from dnstrace.model.naming import plain
from dnstrace.render.edns import edns_options
from dnstrace.render.text import count_text, rcode_text, rdata_text, time_text
from dnstrace.render.wording import WARNING, attempt_line, joined, marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.analysis.paths import Share
    from dnstrace.model import Meaning, Name, Step, Trace

_MOST = 3  # records, or names of servers, that are listed in a line
_LARGEST = 1000  # denominator that says more than a percentage
_NOT_DATA = {dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.RRSIG}
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


def folded_lines(step: Step) -> list[tuple[float, Text]]:
    """The lines for a step's attempts, each with the time at which its address was first asked.

    Several addresses that gave the chosen result without trouble share one line. So do the tries of one
    address that never answered, or that answered in the end.
    """
    addresses = by_address(step)
    alike = [text for text, indices in addresses.items() if _agrees_plainly(step, indices)]
    lines: list[tuple[float, Text]] = []
    if len(alike) > 1:
        last = {text: addresses.pop(text)[-1] for text in alike}
        lines.append((0.0, _agreement_line(step, last)))
    for indices in addresses.values():
        start, kinds = (
            step.attempts[indices[0]].exchange.start,
            [step.attempts[i].meaning.kind for i in indices],
        )
        if set(kinds) == {Kind.TIMEOUT}:
            lines.append((start, _with_tries(attempt_line(step, indices[0]), len(indices))))
        elif step.attempts[indices[-1]].meaning.usable and Kind.TRUNCATED not in kinds:
            lines.append((start, _with_tries(attempt_line(step, indices[-1]), len(indices))))
        else:
            lines += [(start, attempt_line(step, index)) for index in indices]
    return lines


def _with_tries(line: Text, tries: int) -> Text:
    return joined([line, f"{tries} tries"]) if tries > 1 else line


def _agrees_plainly(step: Step, indices: list[int]) -> bool:
    """Whether an address gave the chosen result without trouble, at most with a retry over TCP."""
    if step.chosen is None or not step.attempts[step.chosen].meaning.usable:
        return False
    attempts = [step.attempts[index] for index in indices]
    exchange = attempts[-1].exchange
    return (
        lead(attempts[-1].meaning) == lead(step.attempts[step.chosen].meaning)
        and all(attempt.meaning.kind is Kind.TRUNCATED for attempt in attempts[:-1])
        and not any(attempt.exchange.mismatched for attempt in attempts)
        and exchange.message is not None
        and not edns_options(exchange.message).errors
    )


def _agreement_line(step: Step, last: dict[str, int]) -> Text:
    """`12 of 13 servers (24 of 26 addresses) agree · 9 to 36 ms`."""
    asked = {
        a.exchange.query.address for a in step.attempts if a.exchange.fault is not Fault.NETWORK_UNREACHABLE
    }
    have = sum(any(address.text in last for address in server.addresses) for server in step.servers)
    verb = "agree"
    if len(last) == len(asked) and have == len(step.servers):
        who = f"{'both' if have == 2 else f'all {have}'} servers ({len(last)} addresses)"
        addresses = "both" if len(last) == 2 else f"all {len(last)}"
        who = f"{addresses} addresses of the only server" if have == 1 else who
    else:
        who = f"{have} of {count_text(len(step.servers), 'server')} ({len(last)} of {len(asked)} addresses)"
        verb = "agrees" if have == 1 else "agree"
    times = [step.attempts[index].exchange.elapsed for index in last.values()]
    return joined([f"{who} {verb}", _time_range(min(times), max(times))])


def _time_range(least: float, most: float) -> str:
    first, last = time_text(least), time_text(most)
    if first == last:
        return last
    return f"{first.removesuffix(last.lstrip('0123456789.'))} to {last}"


def otherwise(meaning: Meaning, chosen: Meaning) -> str:
    """How a usable meaning differs from the chosen one, in words; empty if both lead to the same."""
    if lead(meaning) == lead(chosen):
        return ""
    cut, used = meaning.delegation, chosen.delegation
    if cut is None or used is None or cut.zone != used.zone:
        return f"different answer: {_result_words(meaning)}{_distinction(meaning, chosen)}"
    names, others = ({server.name for server in each.servers} for each in (cut, used))
    if names != others:
        return f"different answer: referral with another NS set, {_server_list(sorted(names))}"
    if set(cut.ds or ()) != set(used.ds or ()):
        return f"different answer: referral with{' another DS set' if cut.ds else 'out DS records'}"
    return f"different answer: referral {'with' if cut.signatures else 'without'} signatures"


def _distinction(meaning: Meaning, other: Meaning) -> str:
    """What distinguishes two meanings that are the same in words."""
    if _result_words(meaning) != _result_words(other):
        return ""
    signed, others = (any(r.rdtype == dns.rdatatype.RRSIG for r in each.answer) for each in (meaning, other))
    if signed != others:
        return " with signatures" if signed else " without signatures"
    return ", but different ones"


# --- the shares -------------------------------------------------------------------------------


def paths_lines(trace: Trace) -> list[Text]:
    """The results of all paths in one sentence, and the families not counted; empty before the end."""
    found = shares(trace.steps)
    if not found:
        return []
    whole = lcm(*(share.share.denominator for share in found))
    first, *rest = found
    apart = [
        words for each in rest if each.meaning.usable and (words := _distinction(first.meaning, each.meaning))
    ]
    begin = _first_share(first, whole) + (apart[0] if apart else "")
    parts = [begin, *(f"{_fraction(each, whole)} {_ending_words(each, first.meaning)}" for each in rest)]
    line = Text(", ".join(parts))
    asked = [step for step in trace.steps if step.all_servers]
    left_out = [
        Text(f"IPv{family} is not counted: no IPv{family} address replied in this trace", WARNING)
        for family in sorted(unheard(trace.steps))
        if any(len(final(step)) > len(final(step, frozenset({family}))) for step in asked)
    ]
    return [*(marked(WARNING, text) for text in left_out), line]


def _first_share(share: Share, whole: int) -> str:
    if share.share == 1:
        subject, plural = "all paths", True
    else:
        of = " of" if whole > _LARGEST else ""
        subject, plural = f"{_fraction(share, whole)}{of} paths", share.share * whole != 1
    if share.meaning.usable:
        return f"{subject} {'give' if plural else 'gives'} {_result_words(share.meaning)}"
    return f"{subject} {'end' if plural else 'ends'} with {_ending_words(share, share.meaning)}"


def _fraction(share: Share, whole: int) -> str:
    if whole > _LARGEST:
        return f"{float(share.share * 100):.3g}%"
    return f"{share.share * whole} of {whole}"


def _ending_words(share: Share, first: Meaning) -> str:
    """How a share ends, and where; `first` is the result of the largest share."""
    kind = share.meaning.kind
    if share.meaning.usable:
        what = f"{_result_words(share.meaning)}{_distinction(share.meaning, first)} at"
    elif kind is Kind.OTHER_RCODE and share.meaning.rcode is not None:
        what = f"{rcode_text(share.meaning.rcode)} at"
    else:
        what = _FAULTS.get(kind, f"{kind.value.replace('-', ' ')} at")
    return f"{what} {_server_list(share.servers)}"


def _result_words(meaning: Meaning) -> str:
    """The result of a usable meaning: the data themselves if they are short."""
    if meaning.kind is Kind.ANSWER:
        data = [rrset for rrset in meaning.answer if rrset.rdtype not in _NOT_DATA] or meaning.answer
        if (count := sum(map(len, data))) > _MOST:
            return count_text(count, "record")
        return ", ".join(rdata_text(rdata) for rrset in data for rdata in rrset)
    if meaning.delegation is not None:
        return f"a referral to {plain(meaning.delegation.zone)}"
    if meaning.kind is Kind.ALIAS and meaning.target is not None:
        return f"an alias of {plain(meaning.target)}"
    return (
        meaning.kind.value.upper() if meaning.kind in (Kind.NXDOMAIN, Kind.NODATA) else _kind_words(meaning)
    )


def _kind_words(meaning: Meaning) -> str:
    return meaning.kind.value.replace("-", " ")


def _server_list(names: Iterable[Name]) -> str:
    texts = [plain(name) for name in names]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(islice(texts, _MOST)) + more
