"""How one zone of a world is signed: its keys, its DS records, its times, and its faults.

A plan is made in signing.py from what the world's file says (`zone.Sign`); breaking.py changes plans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dns.rdata
import dns.rdatatype
import dns.rrset

from dnstrace.lab.keys import SEP, ZONE, Key
from dnstrace.model import Name
from dnstrace.model.structs import Struct

KEYS = {"ksk+zsk": (ZONE | SEP, ZONE), "csk": (ZONE | SEP,)}
"""The flags of a zone's keys, by what a world's file calls them."""

_OF_KEYS = (dns.rdatatype.DNSKEY, dns.rdatatype.CDS, dns.rdatatype.CDNSKEY)

Spoil = Callable[[dns.rrset.RRset], dns.rrset.RRset | None]
Prove = Callable[[Sequence[Name]], Sequence[Name]]


class SigningPlan(Struct):
    """How a zone is signed.

    `ds` is what the parent has, nothing for an island of security. `signer` is the name in all signatures
    except those of keys; times are in seconds since 1970. `spoils` change what is served, records and
    signatures, after signing: None leaves an RRset out. `proves` chooses the names that a denial is about,
    instead of the right ones.
    """

    zone: Name
    keys: tuple[Key, ...]
    ds: tuple[dns.rdata.Rdata, ...]
    signer: Name
    inception: int
    expiration: int
    denial: str
    iterations: int = 0
    salt: bytes = b""
    spoils: tuple[Spoil, ...] = ()
    proves: Prove = tuple

    @property
    def compact(self) -> bool:
        """Whether denials are made for the very name asked for (RFC 9824)."""
        return self.denial == "compact"

    def served(self, rrset: dns.rrset.RRset) -> dns.rrset.RRset | None:
        """An RRset of the zone as its servers have it."""
        found: dns.rrset.RRset | None = rrset
        for spoil in self.spoils:
            found = None if found is None else spoil(found)
        return found

    def signing(self, rrset: dns.rrset.RRset) -> Key:
        """The key that signs an RRset: one key signs the keys, the other everything else.

        CDS and CDNSKEY records are signed with the key that the DS record names (RFC 7344 section 4.1).
        """
        wanted = rrset.rdtype in _OF_KEYS and rrset.name == self.zone
        return next((key for key in self.keys if key.signs_keys is wanted), self.keys[0])
