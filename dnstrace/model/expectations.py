"""What a user expects of a trace (`--expect`): the values, and nothing else.

`dnstrace.analysis.expectations` reads them from text and compares them with a trace.
"""

from __future__ import annotations

from enum import StrEnum

import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.serial

from dnstrace.model.asked import Question
from dnstrace.model.structs import Struct

Value = dns.rdata.Rdata | dns.name.Name | dns.serial.Serial | dns.rcode.Rcode | int | str
"""What is compared: the data of a record, a name, a serial number, an RCODE, a number or a word."""


class Operator(StrEnum):
    """How what is found must compare with the value."""

    IS = "="
    IS_NOT = "!="
    AT_LEAST = ">="
    AT_MOST = "<="


class Expectation(Struct):
    """One expectation: `what` is the word in small letters, `text` the whole as it was written."""

    text: str
    what: str
    operator: Operator
    value: Value

    @property
    def rdtype(self) -> dns.rdatatype.RdataType | None:
        """The type of the records that it is about, None for one about something else."""
        return self.value.rdtype if isinstance(self.value, dns.rdata.Rdata) else None

    def concerns(self, question: Question) -> bool:
        """Whether a trace of `question` can tell: one for MX records tells nothing of `a=192.0.2.44`."""
        if self.rdtype is None or self.rdtype in _ALONG:
            return True
        return question.rdtype in (self.rdtype, dns.rdatatype.ANY)

    @property
    def says_how_it_ends(self) -> bool:
        """Whether it names an end, and by that allows it: an outcome, or the RCODE of an error."""
        if self.operator is not Operator.IS:
            return False
        return self.what == "outcome" or (self.what == "rcode" and self.value != dns.rcode.NOERROR)


class MetAt(Struct):
    """Whether an expectation is met at one address of a name server, and what was found there, as in Met."""

    server: dns.name.Name
    address: str
    met: bool
    found: tuple[Value, ...] | None


class Met(Struct):
    """Whether an expectation is met, and what was found in the trace; None where that is not known.

    If every server was asked and each can tell, it is met if all of `servers` meet it.
    """

    expectation: Expectation
    met: bool
    found: tuple[Value, ...] | None
    servers: tuple[MetAt, ...] = ()


class Expecting(Struct):
    """A question, and what is expected of its trace."""

    question: Question
    expected: tuple[Expectation, ...]

    @property
    def name(self) -> dns.name.Name:
        """The name of the question."""
        return self.question.name

    @property
    def rdtype(self) -> dns.rdatatype.RdataType:
        """The type of the question."""
        return self.question.rdtype

    def __str__(self) -> str:
        return str(self.question)


_ALONG = {
    dns.rdatatype.NS,
    dns.rdatatype.DS,
    dns.rdatatype.CNAME,
    dns.rdatatype.DNAME,
    dns.rdatatype.RRSIG,
}  # what a trace of any type meets on its way
