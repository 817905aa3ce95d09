"""How to pickle traces and their results: several together, where they have much in common.

The members of dnspython's enumerations, some of which have no name, are pickled by their numbers.

A class or type without a mnemonic, such as the class of an OPT record, which is a payload size, is a member
of its enumeration that can be found only by its number. Before Python 3.11.4, pickle looks for the name.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Iterator
from io import BytesIO
from typing import Any

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


class Batch:
    """Results that are sent together: what several of them have in common is pickled once."""

    def __init__(self) -> None:
        self._file, self.count = BytesIO(), 0
        self._pickler = pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL)

    def add(self, found: object) -> None:
        """Add a result. Raises what `pickle` raises where one cannot be pickled."""
        self._pickler.dump(found)
        self.count += 1

    def octets(self) -> bytes:
        """What `results_in` reads."""
        return self._file.getvalue()


def results_in(octets: bytes) -> Iterator[Any]:
    """The results of a batch."""
    file = BytesIO(octets)
    unpickler = pickle.Unpickler(file)
    while file.tell() < len(octets):
        yield unpickler.load()
