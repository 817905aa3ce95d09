"""Signed zones made at test time, and an authoritative server that answers from them.

It knows nothing of dnstrace: zones are signed by dnspython, NSEC and NSEC3 chains are built here, so that
what is judged comes from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import dns.dnssec
import dns.dnssecalgs
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zonefile
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

NOW = 1_750_000_000
DAY = 86400
TTL = 3600
T = dns.rdatatype

Name = dns.name.Name
RRset = dns.rrset.RRset
_BASE32HEX = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")


def name(text: str) -> Name:
    return dns.name.from_text(text)


@cache
def private_key(algorithm: int, number: int = 0) -> Any:
    """A private key; another one for each number."""
    if algorithm in (5, 7, 8, 10):
        return rsa.generate_private_key(65537, 1024)
    if algorithm in (13, 14):
        return ec.generate_private_key(ec.SECP256R1() if algorithm == 13 else ec.SECP384R1())
    return ed25519.Ed25519PrivateKey.generate() if algorithm == 15 else ed448.Ed448PrivateKey.generate()


@dataclass
class Key:
    """A key pair as DNSKEY record."""

    algorithm: int = 13
    number: int = 0
    flags: int = 257

    @property
    def private(self) -> Any:
        return private_key(self.algorithm, self.number)

    @property
    def dnskey(self) -> Any:
        return dns.dnssec.make_dnskey(self.private.public_key(), self.algorithm, self.flags)

    @property
    def tag(self) -> int:
        return dns.dnssec.key_id(self.dnskey)


@dataclass
class Zone:
    """A zone: its data in master-file form, its keys (none: unsigned) and how it denies."""

    origin: Name
    text: str
    keys: list[Key] = field(default_factory=lambda: [Key()])
    denial: str = "nsec"  # nsec, nsec3 or opt-out
    iterations: int = 0
    salt: bytes = b""
    inception: int = NOW - DAY
    expiration: int = NOW + DAY

    def __post_init__(self) -> None:
        self.data: dict[Name, dict[int, RRset]] = {}
        for rrset in dns.zonefile.read_rrsets(
            self.text, origin=self.origin, relativize=False, default_ttl=TTL
        ):
            self.add(rrset)
        if T.SOA not in self.data.get(self.origin, {}):
            self.add(dns.rrset.from_text(self.origin, TTL, "IN", "SOA", "ns.invalid. h.invalid. 1 2 3 4 5"))
        if self.keys:
            self.add(dns.rrset.from_rdata(self.origin, TTL, *(key.dnskey for key in self.keys)))

    def add(self, rrset: RRset) -> None:
        self.data.setdefault(rrset.name, {})[rrset.rdtype] = rrset

    def ds(self, digest: str = "SHA256", key: int = 0) -> RRset:
        made = dns.dnssec.make_ds(
            self.origin, self.keys[key].dnskey, digest, policy=dns.dnssec.allow_all_policy
        )
        return dns.rrset.from_rdata(self.origin, TTL, made)

    # --- what is in the zone ------------------------------------------------------------------

    def cut_above(self, owner: Name) -> Name | None:
        """The delegation at or above a name."""
        while owner != self.origin:
            if T.NS in self.data.get(owner, {}) and not any(
                T.NS in self.data.get(above, {}) for above in _between(owner, self.origin)
            ):
                return owner
            owner = owner.parent()
        return None

    def authoritative(self) -> list[Name]:
        """The names that have data here, cuts included."""
        return sorted(n for n in self.data if (cut := self.cut_above(n)) is None or cut == n)

    def exists(self, owner: Name) -> bool:
        return any(known.is_subdomain(owner) for known in self.data)

    def types_at(self, owner: Name) -> list[int]:
        here = self.data.get(owner, {})
        if self.cut_above(owner) == owner:
            here = {t: r for t, r in here.items() if t in (T.NS, T.DS)}
        return list(here)

    # --- signing ------------------------------------------------------------------------------

    def signed(self, rrset: RRset) -> list[RRset]:
        """An RRset and its signatures: the DNSKEY RRset by the first key, all else by the last."""
        if not self.keys:
            return [rrset]
        key = self.keys[0] if rrset.rdtype == T.DNSKEY else self.keys[-1]
        return [rrset, self.sign(rrset, key)]

    def sign(self, rrset: RRset, key: Key, **how: Any) -> RRset:
        settings: dict[str, Any] = {
            "inception": self.inception,
            "expiration": self.expiration,
            "signer": self.origin,
        } | how
        rrsig = dns.dnssec.sign(
            rrset, key.private, dnskey=key.dnskey, policy=dns.dnssec.allow_all_policy, **settings
        )
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, rrsig)

    # --- denial -------------------------------------------------------------------------------

    def hashed(self, owner: Name) -> bytes:
        digest = hashlib.sha1(owner.to_digestable() + self.salt).digest()
        for _ in range(self.iterations):
            digest = hashlib.sha1(digest + self.salt).digest()
        return digest

    def _bitmap(self, owner: Name, own: int) -> list[int]:
        types = self.types_at(owner)
        signed = [t for t in types if t != T.NS or self.cut_above(owner) is None]
        if own == T.NSEC:
            return [*types, T.RRSIG, T.NSEC]
        return [*types, T.RRSIG] if signed else types

    def nsec_chain(self) -> list[RRset]:
        names = self.authoritative()
        return [
            dns.rrset.from_rdata(owner, TTL, NSEC(1, T.NSEC, following, bit_map(self._bitmap(owner, T.NSEC))))
            for owner, following in zip(names, names[1:] + names[:1], strict=True)
        ]

    def nsec3_chain(self) -> list[RRset]:
        names = self.authoritative()
        if self.denial == "opt-out":
            names = [n for n in names if self.cut_above(n) is None or T.DS in self.data[n]]
        above = {up for n in names for up in _between(n, self.origin)}
        hashes = sorted((self.hashed(n), n) for n in {*names, *above})
        flags = 1 if self.denial == "opt-out" else 0
        chain = []
        for (digest, owner), (following, _) in zip(hashes, hashes[1:] + hashes[:1], strict=True):
            windows = bit_map(self._bitmap(owner, T.NSEC3))
            rdata = NSEC3(1, T.NSEC3, 1, flags, self.iterations, self.salt, following, windows)
            label = base64.b32encode(digest).translate(_BASE32HEX)
            chain.append(dns.rrset.from_rdata(dns.name.Name((label, *self.origin.labels)), TTL, rdata))
        return chain

    def deny(self, *names: Name) -> list[RRset]:
        """The denial records that match or cover names, signed."""
        if not self.keys:
            return []
        unique = {found.name: found for found in map(self._denial_for, names)}.values()
        return [rrset for one in unique for rrset in self.signed(one)]

    def _denial_for(self, owner: Name) -> RRset:
        if self.denial == "nsec":
            return max((r for r in self.nsec_chain() if r.name <= owner), key=lambda r: r.name)
        digest = self.hashed(owner)
        chain = self.nsec3_chain()
        spans = sorted((_digest(rrset.name), rrset.name) for rrset in chain)
        below = [span for span in spans if span[0] <= digest] or spans
        return next(rrset for rrset in chain if rrset.name == below[-1][1])

    def matching(self, owner: Name) -> bool:
        return any(_digest(rrset.name) == self.hashed(owner) for rrset in self.nsec3_chain())

    def encloser(self, owner: Name) -> Name:
        while not self.exists(owner):
            owner = owner.parent()
        return owner

    def absence(self, owner: Name) -> list[Name]:
        """The names to deny so that `owner` is shown not to exist."""
        encloser = self.encloser(owner)
        if self.denial == "nsec":
            return [owner]
        while not self.matching(encloser):  # opted out
            encloser = encloser.parent()
        return [encloser, dns.name.Name(owner.labels[-(len(encloser) + 1) :])]

    # --- answering ----------------------------------------------------------------------------

    def reply(self, owner: Name, rdtype: dns.rdatatype.RdataType) -> dns.message.Message:
        query = dns.message.make_query(owner, rdtype, want_dnssec=True)
        reply = dns.message.make_response(query)
        cut = self.cut_above(owner)
        if cut is not None and not (rdtype == T.DS and cut == owner):
            reply.authority += self.referral(cut)
            return reply
        reply.flags |= dns.flags.AA
        self._answer(reply, owner, rdtype)
        return reply

    def referral(self, cut: Name) -> list[RRset]:
        here = self.data[cut]
        if T.DS in here:
            return [here[T.NS], *self.signed(here[T.DS])]
        return [here[T.NS], *self._no_ds(cut)]

    def _no_ds(self, cut: Name) -> list[RRset]:
        if self.denial == "opt-out" and not self.matching(cut):
            return self.deny(*self.absence(cut))
        return self.deny(cut)

    def _answer(self, reply: dns.message.Message, owner: Name, rdtype: int) -> None:
        dname = next(
            (up for up in _between(owner, self.origin, True) if T.DNAME in self.data.get(up, {})), None
        )
        if dname is not None:
            rrset = self.data[dname][T.DNAME]
            target = owner.relativize(dname).concatenate(rrset[0].target)
            reply.answer += [*self.signed(rrset), dns.rrset.from_text(owner, TTL, "IN", "CNAME", str(target))]
        elif self.exists(owner):
            self._from(reply, owner, owner, rdtype)
        else:
            self._absent(reply, owner, rdtype)

    def _from(self, reply: dns.message.Message, source: Name, owner: Name, rdtype: int) -> None:
        """Answer from the data at `source`, in the name of `owner`."""
        here = {t: self.data[source][t] for t in self.types_at(source)} if source in self.data else {}
        wanted = list(here) if rdtype == T.ANY else [t for t in (rdtype, T.CNAME) if t in here][:1]
        for rrset in [self.data[source][t] for t in wanted]:
            for part in self.signed(rrset):
                copied = dns.rrset.from_rdata_list(owner, part.ttl, list(part))
                reply.answer.append(copied)
        if not wanted:
            reply.authority += self._soa()
            opted_out = self.denial == "opt-out" and not self.matching(source)
            reply.authority += self.deny(*self.absence(source)) if opted_out else self.deny(source)

    def _absent(self, reply: dns.message.Message, owner: Name, rdtype: int) -> None:
        encloser = self.encloser(owner)
        wildcard = dns.name.Name((b"*", *encloser.labels))
        if wildcard in self.data:
            self._from(reply, wildcard, owner, rdtype)
            denied = (
                self.absence(owner) if reply.authority or self.denial == "nsec" else self.absence(owner)[1:]
            )
            known = [(rrset.name, rrset.rdtype, rrset.covers) for rrset in reply.authority]
            reply.authority += [r for r in self.deny(*denied) if (r.name, r.rdtype, r.covers) not in known]
            return
        reply.set_rcode(dns.rcode.NXDOMAIN)
        reply.authority += [*self._soa(), *self.deny(*self.absence(owner), wildcard)]

    def _soa(self) -> list[RRset]:
        return self.signed(self.data[self.origin][T.SOA])


def _between(owner: Name, origin: Name, with_origin: bool = False) -> list[Name]:
    """The names strictly between a name and the origin."""
    names = []
    while owner != origin:
        owner = owner.parent()
        names.append(owner)
    return names if with_origin else names[:-1]


def _digest(owner: Name) -> bytes:
    back = bytes.maketrans(b"0123456789abcdefghijklmnopqrstuv", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return base64.b32decode(owner.labels[0].lower().translate(back))


def bit_map(types: list[int]) -> Any:
    from dns.rdtypes.util import Bitmap

    return Bitmap.from_rdtypes([dns.rdatatype.RdataType.make(t) for t in set(types)]).windows


def signed_by(key: Key) -> tuple[DNSKEY, bytes, bytes]:
    """A DNSKEY record, and a signature and the octets it is over, both as dnspython makes them."""
    rrset = dns.rrset.from_text("www.example.", 300, "IN", "A", "192.0.2.1")
    rrsig = dns.dnssec.sign(
        rrset, key.private, name("example."), key.dnskey, inception=NOW, expiration=NOW + 9,
        policy=dns.dnssec.allow_all_policy,
    )  # fmt: skip
    return key.dnskey, rrsig.signature, dns.dnssec._make_rrsig_signature_data(rrset, rrsig)
