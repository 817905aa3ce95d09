"""Hashing each record once, in a process that does little else.

A check looks records up in sets again and again, and dnspython makes octets of a record each time. Only the
command changes that; a program that uses the library keeps dnspython as it is. What names are compared by is
in known_name.py.
"""

from __future__ import annotations

import dns.rdata

from dnstrace.model.kept import kept

_MOST = 2048  # records whose hashes are kept
_of_dnspython = dns.rdata.Rdata.__hash__


def hash_records_once() -> None:
    """Have this process keep the hashes of `dns.rdata.Rdata`."""
    if dns.rdata.Rdata.__hash__ is _of_dnspython:
        setattr(dns.rdata.Rdata, "__hash__", kept(_MOST)(_of_dnspython))  # noqa: B010
