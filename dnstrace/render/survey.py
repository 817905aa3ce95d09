"""Where every address of every server was asked: those alike in one line, what the others say, the shares."""

from __future__ import annotations

from itertools import islice
from math import lcm
from typing import TYPE_CHECKING

import dns.rdatatype
from rich.text import Text

from dnstrace.analysis.paths import by_address, final, lead, unheard
from dnstrace.model import Fault, Kind
from dnstrace.render.edns import edns_options
from dnstrace.render.text import count_text, name_text, rcode_text, rdata_text, time_text
from dnstrace.render.wording import WARNING, attempt_line, joined, marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dnstrace.model import Meaning, Name, Step
    from dnstrace.model.paths import Share
    from dnstrace.model.report import Report

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
    """The lines for a step's attempts, each with the time at which it began to be asked.

    Addresses that led, without trouble on the way, to what the step went by are one line, if they
    are several; so are the tries of an address that never answered, or that did in the end.
    """
    addresses = by_address(step)
    alike = [text for text, indices in addresses.items() if _is_alike(step, indices)]
    lines: list[tuple[float, Text]] = []
    if len(alike) > 1:
        last = {text: addresses.pop(text)[-1] for text in alike}
        lines.append((0.0, _alike_line(step, last)))
    for indices in addresses.values():
        start, kinds = (
            step.attempts[indices[0]].exchange.start,
            [step.attempts[i].meaning.kind for i in indices],
        )
        if set(kinds) == {Kind.TIMEOUT}:
            lines.append((start, _tried(attempt_line(step, indices[0]), len(indices))))
        elif step.attempts[indices[-1]].meaning.usable and Kind.TRUNCATED not in kinds:
            lines.append((start, _tried(attempt_line(step, indices[-1]), len(indices))))
        else:
            lines += [(start, attempt_line(step, index)) for index in indices]
    return lines


def _tried(line: Text, tries: int) -> Text:
    return joined([line, f"{tries} tries"]) if tries > 1 else line


def _is_alike(step: Step, indices: list[int]) -> bool:
    """Whether an address came plainly, at most over TCP, to what the step went by."""
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


def _alike_line(step: Step, last: dict[str, int]) -> Text:
    """`12 of 13 servers (24 of 26 addresses) answer alike · 9 to 36 ms`."""
    asked = {
        a.exchange.query.address for a in step.attempts if a.exchange.fault is not Fault.NETWORK_UNREACHABLE
    }
    have = sum(any(address.text in last for address in server.addresses) for server in step.servers)
    if len(last) == len(asked) and have == len(step.servers):
        who = f"{'both' if have == 2 else f'all {have}'} servers ({len(last)} addresses)"
        who = f"all {len(last)} addresses of the one server" if have == 1 else who
    else:
        who = f"{have} of {count_text(len(step.servers), 'server')} ({len(last)} of {len(asked)} addresses)"
    times = [step.attempts[index].exchange.elapsed for index in last.values()]
    return joined([f"{who} answer alike", _range(min(times), max(times))])


def _range(least: float, most: float) -> str:
    first, last = time_text(least), time_text(most)
    if first == last:
        return last
    return f"{first.removesuffix(last.lstrip('0123456789.'))} to {last}"


def otherwise(meaning: Meaning, chosen: Meaning) -> str:
    """What another usable meaning than the one gone by says, in words; empty where both lead to the same."""
    if lead(meaning) == lead(chosen):
        return ""
    cut, used = meaning.delegation, chosen.delegation
    if cut is None or used is None or cut.zone != used.zone:
        return f"answers otherwise: {_what(meaning)}{_apart(meaning, chosen)}"
    names, others = ({server.name for server in each.servers} for each in (cut, used))
    if names != others:
        return f"answers otherwise: refers to another NS set, {_listed(sorted(names))}"
    if set(cut.ds or ()) != set(used.ds or ()):
        return "answers otherwise: refers with another DS set" if cut.ds else "answers otherwise: without DS"
    return "answers otherwise: refers " + ("with signatures" if cut.signatures else "without signatures")


def _apart(meaning: Meaning, other: Meaning) -> str:
    """What tells a meaning from another that gives the same in words."""
    if _what(meaning) != _what(other):
        return ""
    signed, others = (any(r.rdtype == dns.rdatatype.RRSIG for r in each.answer) for each in (meaning, other))
    if signed != others:
        return " with signatures" if signed else " without signatures"
    return ", but other ones"


# --- the shares -------------------------------------------------------------------------------


def paths_lines(report: Report) -> list[Text]:
    """What the paths come to, in one sentence, and which family counts as not asked; none before the end."""
    trace, found = report.trace, report.shares
    if not found:
        return []
    whole = lcm(*(share.share.denominator for share in found))
    first, *rest = found
    apart = [words for each in rest if each.meaning.usable and (words := _apart(first.meaning, each.meaning))]
    begin = _first(first, whole) + (apart[0] if apart else "")
    parts = [begin, *(f"{_part(each, whole)} {_end(each, first.meaning)}" for each in rest)]
    line = Text(", ".join(parts))
    asked = [step for step in trace.steps if step.all_servers]
    left_out = [
        Text(f"IPv{family} counts as not asked: none of its addresses replied in the whole trace", WARNING)
        for family in sorted(unheard(trace.steps))
        if any(len(final(step)) > len(final(step, frozenset({family}))) for step in asked)
    ]
    return [*(marked(WARNING, text) for text in left_out), line]


def _first(share: Share, whole: int) -> str:
    if share.share == 1:
        subject, plural = "all paths", True
    else:
        of = " of" if whole > _LARGEST else ""
        subject, plural = f"{_part(share, whole)}{of} paths", share.share * whole != 1
    if share.meaning.usable:
        return f"{subject} {'give' if plural else 'gives'} {_what(share.meaning)}"
    return f"{subject} {'end' if plural else 'ends'} with {_end(share, share.meaning)}"


def _part(share: Share, whole: int) -> str:
    if whole > _LARGEST:
        return f"{float(share.share * 100):.3g}%"
    return f"{share.share * whole} of {whole}"


def _end(share: Share, first: Meaning) -> str:
    """What a share ends in, and where; `first` is what the largest ends in."""
    kind = share.meaning.kind
    if share.meaning.usable:
        what = f"{_what(share.meaning)}{_apart(share.meaning, first)} at"
    elif kind is Kind.OTHER_RCODE and share.meaning.rcode is not None:
        what = f"{rcode_text(share.meaning.rcode)} at"
    else:
        what = _FAULTS.get(kind, f"{kind.value.replace('-', ' ')} at")
    return f"{what} {_listed(share.servers)}"


def _what(meaning: Meaning) -> str:
    """What a usable meaning gives: the data itself where it is short."""
    if meaning.kind is Kind.ANSWER:
        data = [rrset for rrset in meaning.answer if rrset.rdtype not in _NOT_DATA] or meaning.answer
        if (count := sum(map(len, data))) > _MOST:
            return count_text(count, "record")
        return ", ".join(rdata_text(rdata) for rrset in data for rdata in rrset)
    if meaning.delegation is not None:
        return f"a referral to {name_text(meaning.delegation.zone)}"
    if meaning.kind is Kind.ALIAS and meaning.target is not None:
        return f"an alias to {name_text(meaning.target)}"
    return meaning.kind.value.upper() if meaning.kind in (Kind.NXDOMAIN, Kind.NODATA) else _plain(meaning)


def _plain(meaning: Meaning) -> str:
    return meaning.kind.value.replace("-", " ")


def _listed(names: Iterable[Name]) -> str:
    texts = [name_text(name) for name in names]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(islice(texts, _MOST)) + more
