"""How to pickle traces: by the numbers of dnspython's enumerations, some of which have no name.

A class or type without a mnemonic, such as the class of an OPT record, which is a payload size, is a member
of its enumeration that can be found only by its number. Before Python 3.11.4, pickle looks for the name.
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
    """Pickle members of dnspython's enumerations by their numbers from now on in this process."""
    for kind in dns.enum.IntEnum.__subclasses__():
        copyreg.pickle(kind, _reduced)


def _reduced(member: dns.enum.IntEnum) -> tuple[type[dns.enum.IntEnum], tuple[int]]:
    return type(member), (int(member),)
