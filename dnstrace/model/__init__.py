"""The values that flow from the network to the screen.

Everything here is a frozen struct (`structs.py`) or an enumeration: no input, no output, no clock, no
decision. Names are absolute `dns.name.Name`s, RRsets are `dns.rrset.RRset`s, addresses are strings in their
canonical text form, times are seconds as floats. The words are those of RFC 9499.
"""

from __future__ import annotations

from dnstrace.model.asked import (
    ROOT,
    Edns,
    Name,
    Query,
    Question,
    Settings,
    Transport,
    family_of,
)
from dnstrace.model.heard import (
    USABLE,
    Address,
    Delegation,
    Exchange,
    Fault,
    Kind,
    Meaning,
    NameServer,
    Outcome,
    Source,
)
from dnstrace.model.taken import Attempt, Cause, Probe, Purpose, Stats, Step, Trace

__all__ = [
    "ROOT",
    "USABLE",
    "Address",
    "Attempt",
    "Cause",
    "Delegation",
    "Edns",
    "Exchange",
    "Fault",
    "Kind",
    "Meaning",
    "Name",
    "NameServer",
    "Outcome",
    "Probe",
    "Purpose",
    "Query",
    "Question",
    "Settings",
    "Source",
    "Stats",
    "Step",
    "Trace",
    "Transport",
    "family_of",
]
