"""What pickle needs to be told to carry traces to other processes: dnspython's numbers without a name.

A class or type that has no mnemonic, such as the class of an OPT record, which is a payload size, is a member
of its enumeration that only its number finds again. Python before 3.11.4 has pickle go by the name.
"""

from __future__ import annotations

import copyreg

import dns.dnssectypes
import dns.edns
import dns.enum
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.DSYNC
import dns.rdtypes.ANY.KEY
import dns.rdtypes.svcbbase
import dns.zonetypes


def by_number() -> None:
    """Have members of dnspython's enumerations be pickled by their numbers, in this process."""
    for kind in dns.enum.IntEnum.__subclasses__():
        copyreg.pickle(kind, _reduced)


def _reduced(member: dns.enum.IntEnum) -> tuple[type[dns.enum.IntEnum], tuple[int]]:
    return type(member), (int(member),)
