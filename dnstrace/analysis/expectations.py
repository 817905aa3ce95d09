"""What a user expects of a trace, and whether it holds: `a=192.0.2.44`, `serial>=5`, `outcome=nxdomain`.

An expectation is a word, an operator and a value. The word is the type of a record in the answer, whose data
are compared, or one of these:

    outcome   answer, nodata, nxdomain, referral or failed
    rcode     of the reply that ended the walk
    security  secure, insecure, bogus or indeterminate
    zone      the deepest zone that the walk reached
    ttl       seconds for which a resolver that asked now would cache the answer: the lowest TTL in the chain
    serial    of the SOA record in the positive or negative answer, in serial number arithmetic (RFC 1982)
    resolvers how the answers of the resolvers that were asked compare: same, stale, fails and so on
    queries   how many queries were sent

NS and DS records are those of the answer or, if it has none, of the referral to the zone that the walk
reached: a name that does not exist has none. `a=X` is met if X is among the data, whatever else is; `a!=X` if
it is not. `parse` reads expectations, `judge` compares one with a trace. Neither sends a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.serial
import dns.ttl

from dnstrace.analysis.caching import life
from dnstrace.analysis.everywhere import by_server
from dnstrace.analysis.reached import delegation_reached, last_step, zone_reached
from dnstrace.analysis.resolvers import compared
from dnstrace.model import Outcome
from dnstrace.model.compared import Disagreement
from dnstrace.model.expectations import Expectation, Met, MetAt, Operator, Value
from dnstrace.model.structs import replace

if TYPE_CHECKING:
    from dnstrace.model import Trace


class ExpectationError(ValueError):
    """`part` is not an expectation: `why` says what is wrong, `word` is the unknown word, if any."""

    def __init__(self, part: str, why: str, word: str = "") -> None:
        super().__init__(f"{part!r}: {why}")
        self.part, self.why, self.word = part, why, word


class _Word(NamedTuple):
    """A word that is not a record type: how to read its value (or raise ValueError), and how to find it.

    `takes` describes the value for error messages. `ordered` is set if >= and <= make sense.
    """

    read: Callable[[str], Value]
    takes: str
    find: Callable[[Trace], tuple[Value, ...] | None]
    ordered: bool = False


_OUTCOMES = ("answer", "nodata", "nxdomain", "referral", "failed")
_COMPARED = tuple(each.value for each in Disagreement)
_SECURITY = ("secure", "insecure", "bogus", "indeterminate")
_WHOLE = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*(!=|>=|<=|=|>|<)\s*(.*)", re.DOTALL)
_PIECES = re.compile(r'"(?:\\.|[^"\\])*"|(?P<gap>[,\s]+)|.', re.DOTALL)
_QUOTE_IT = "it has no operator, as in a=192.0.2.44 or 'ttl>=300' (in quotes: a shell interprets >)"


# --- reading --------------------------------------------------------------------------------------


def parse(text: str) -> tuple[Expectation, ...]:
    """The expectations in `text`, separated by commas or blanks. Raises ExpectationError.

    Record data may contain blanks and commas (MX records do): in them, a new expectation begins only with a
    known word and an operator. Text in double quotes is never split.
    """
    if parts := [part for part in map(str.strip, _split(text)) if part]:
        return tuple(map(_expectation, parts))
    raise ExpectationError(text, "no expectation given, such as a=192.0.2.44")


def _split(text: str) -> Iterator[str]:
    part = ""
    for piece in _PIECES.finditer(text):
        if piece["gap"] and (_is_simple(part) or _begins(text[piece.end() :])):
            yield part
            part = ""
        else:
            part += piece[0]
    yield part


def _begins(text: str) -> bool:
    """Whether a new expectation begins here."""
    whole = _WHOLE.match(text)
    return whole is not None and (whole[1].lower() in _WORDS or _rdtype(whole[1]) is not None)


def _is_simple(part: str) -> bool:
    """Whether this is a complete expectation whose value is a single word."""
    whole = _WHOLE.fullmatch(part.strip())
    return whole is not None and bool(whole[3]) and whole[1].lower() in _WORDS


def _expectation(text: str) -> Expectation:
    if (whole := _WHOLE.fullmatch(text)) is None:
        raise ExpectationError(text, _QUOTE_IT)
    word, sign, value = whole.groups()
    if sign in (">", "<"):
        raise ExpectationError(text, "use one of the operators =, !=, >= and <=")
    what, operator, value = word.lower(), Operator(sign), _read_value(text, word, value)
    ordered = what in _WORDS and _WORDS[what].ordered
    if operator in (Operator.AT_LEAST, Operator.AT_MOST) and not ordered:
        raise ExpectationError(text, f"{sign} works only with numbers: ttl, serial and queries")
    return Expectation(text, what, operator, value)


def _read_value(text: str, word: str, value: str) -> Value:
    if known := _WORDS.get(word.lower()):
        try:
            return known.read(value)
        except (ValueError, dns.exception.DNSException) as error:
            raise ExpectationError(text, f"{word} takes {known.takes}") from error
    if (rdtype := _rdtype(word)) is None:
        raise ExpectationError(text, f"unknown word '{word}'", word)
    try:
        return dns.rdata.from_text(dns.rdataclass.IN, rdtype, value, dns.name.root, relativize=False)
    except Exception as error:  # the parsers of the types raise whatever they like
        mnemonic = dns.rdatatype.to_text(rdtype)
        raise ExpectationError(text, f"the value is not valid {mnemonic} data") from error


def _rdtype(word: str) -> dns.rdatatype.RdataType | None:
    """The record type whose mnemonic is `word`; None if there is none."""
    try:
        rdtype = dns.rdatatype.from_text(word)
    except (ValueError, dns.exception.DNSException):
        return None
    return None if dns.rdatatype.is_metatype(rdtype) or not rdtype else rdtype


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < 2**32):
        raise ValueError(text)
    return int(text)


def _read_ttl(text: str) -> int:
    return dns.ttl.from_text(text.lower()) if text.isascii() else _read_number(text)


def _read_serial(text: str) -> dns.serial.Serial:
    return dns.serial.Serial(_read_number(text))


def _read_one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return read


def _alternatives(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _read_name(text: str) -> dns.name.Name:
    if not text:
        raise ValueError(text)
    return dns.name.from_text(text)


# --- judging --------------------------------------------------------------------------------------


def judge(trace: Trace, expectation: Expectation) -> Met:
    """Whether `trace` meets the expectation. A value that is not known meets nothing, not even `!=`.

    If every server of the zone was asked, each of them has to meet it.
    """
    find = _WORDS[expectation.what].find if expectation.what in _WORDS else _finder_of(expectation)
    found, servers = find(trace), list[MetAt]()
    for attempt, by in by_server(trace, expectation):
        there = find(by)
        address = attempt.address
        servers.append(MetAt(attempt.server, address, _is_met(expectation, there), there))
    met = all(each.met for each in servers) if servers else _is_met(expectation, found)
    return Met(expectation, met, found, tuple(servers))


def judged(trace: Trace, expected: Sequence[Expectation]) -> Trace:
    """The trace with whether each expectation that it can tell is met, unless it was interrupted."""
    if not expected or trace.interrupted:
        return trace
    can_tell = (each for each in expected if each.concerns(trace.question))
    return replace(trace, expectations=tuple(judge(trace, each) for each in can_tell))


def _is_met(expectation: Expectation, found: tuple[Any, ...] | None) -> bool:
    return found is not None and _holds(expectation, found)


def _holds(expectation: Expectation, found: tuple[Any, ...]) -> bool:
    value: Any = expectation.value
    if expectation.operator is Operator.IS:
        return any(each == value for each in found)
    if expectation.operator is Operator.IS_NOT:
        return all(each != value for each in found)
    if expectation.operator is Operator.AT_LEAST:
        return all(each >= value for each in found)
    return all(each <= value for each in found)


def _finder_of(expectation: Expectation) -> Callable[[Trace], tuple[Value, ...] | None]:
    rdtype = expectation.rdtype

    def find(trace: Trace) -> tuple[Value, ...] | None:
        found = tuple(rdata for rrset in trace.answer if rrset.rdtype == rdtype for rdata in rrset)
        if not found and rdtype in (dns.rdatatype.NS, dns.rdatatype.DS):
            return _records_of_delegation(trace, rdtype)
        return found if found or trace.outcome not in (None, Outcome.FAILED) else None

    return find


def _records_of_delegation(trace: Trace, rdtype: dns.rdatatype.RdataType) -> tuple[Value, ...] | None:
    """The NS or DS records of the referral to the zone that the walk reached, if the name asked is in it.

    A name that does not exist has none, and neither has one of which the zone above says so: the referral is
    to that zone above then.
    """
    name, asked_for = trace.question.name, trace.question.rdtype == rdtype
    if trace.outcome is Outcome.NXDOMAIN or (asked_for and trace.outcome is Outcome.NODATA):
        return ()
    cut = delegation_reached(trace)
    if cut is None or (asked_for and trace.outcome is Outcome.FAILED and cut.zone != name):
        return None
    if rdtype == dns.rdatatype.DS:
        return tuple(cut.ds or ())
    names = (server.name.to_text() for server in cut.servers)
    return tuple(dns.rdata.from_text(dns.rdataclass.IN, rdtype, name) for name in names)


def _outcome_of(trace: Trace) -> tuple[Value, ...] | None:
    return None if trace.outcome is None else (trace.outcome.value,)


def _rcode_of(trace: Trace) -> tuple[Value, ...] | None:
    return None if trace.rcode is None else (dns.rcode.Rcode.make(trace.rcode),)


def _security_of(trace: Trace) -> tuple[Value, ...] | None:
    return None if trace.judgement is None else (trace.judgement.security.value,)


def _zone_of(trace: Trace) -> tuple[Value, ...] | None:
    zone = zone_reached(trace)
    return None if zone is None else (zone,)


def _ttl_of(trace: Trace) -> tuple[Value, ...] | None:
    seconds = life(trace)
    return None if seconds is None else (seconds,)


def _resolvers_of(trace: Trace) -> tuple[Value, ...] | None:
    found = (each.difference for each in compared(trace))
    return tuple(each.value for each in found if each is not None) or None


def _serial_of(trace: Trace) -> tuple[Value, ...] | None:
    step = last_step(trace)
    negative = () if step is None or step.meaning is None or step.meaning.soa is None else (step.meaning.soa,)
    records = [rrset[0] for rrset in (*trace.answer, *negative) if rrset.rdtype == dns.rdatatype.SOA]
    found = [record.serial for record in records if hasattr(record, "serial")]
    return (dns.serial.Serial(found[0]),) if found else None


_WORDS: dict[str, _Word] = {
    "outcome": _Word(_read_one_of(_OUTCOMES), _alternatives(_OUTCOMES), _outcome_of),
    "rcode": _Word(dns.rcode.from_text, "an RCODE, such as NXDOMAIN", _rcode_of),
    "security": _Word(_read_one_of(_SECURITY), _alternatives(_SECURITY), _security_of),
    "zone": _Word(_read_name, "the name of a zone", _zone_of),
    "ttl": _Word(_read_ttl, "a whole number of seconds, also as 5m or 2h", _ttl_of, ordered=True),
    "serial": _Word(_read_serial, "a 32-bit whole number", _serial_of, ordered=True),
    "resolvers": _Word(_read_one_of(_COMPARED), _alternatives(_COMPARED), _resolvers_of),
    "queries": _Word(_read_number, "a whole number", lambda trace: (trace.stats.queries,), ordered=True),
}

WORDS = tuple(_WORDS)
"""The words that are not record types."""
