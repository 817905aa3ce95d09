"""A signed zone with as many keys as a reply can hold, or keys whose tags collide (CVE-2023-50387)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY

from dnstrace.dnssec.algorithms import key_tag
from dnstrace.dnssec.anchors import parse_anchors
from dnstrace.message.reading import read_reply
from dnstrace.model import Exchange, Question
from dnstrace.model.anchors import Anchors
from tests.scripted import Scripted, Server

NOW = 1_750_000_000
ROOT, CHILD = dns.name.root, dns.name.from_text("example.")
AT_ROOT, AT_CHILD = "10.0.0.1", "10.0.0.2"
_ECDSA, _ZONE_KEY, _PROTOCOL = 13, 256, 3


@cache
def private() -> Any:
    """Always the same: how soon the right key is found depends on its place among those that collide."""
    return ec.derive_private_key(2023_50387, ec.SECP256R1())


@cache
def signer() -> Any:
    """The one real key, of both zones."""
    return dns.dnssec.make_dnskey(private().public_key(), _ECDSA, 257)


def _key(octets: bytes) -> DNSKEY:
    return DNSKEY(dns.rdataclass.IN, dns.rdatatype.DNSKEY, _ZONE_KEY, _PROTOCOL, _ECDSA, octets)


def short(count: int) -> list[DNSKEY]:
    """Keys of seven octets: 2,832 of them fit into one reply."""
    return [_key(b"%04d" % number + bytes(3)) for number in range(count)]


def colliding(count: int) -> list[DNSKEY]:
    """Keys of the right size whose tag is that of the real key."""
    tag, found = key_tag(signer()), list[DNSKEY]()
    for number in range(2 * count):
        body = b"%06d" % number + bytes(56)
        lacking = tag - key_tag(_key(body + bytes(2)))
        fitting = (_key(body + ((lacking - carry) % 65536).to_bytes(2)) for carry in (0, 1))
        found += [key for key in fitting if key_tag(key) == tag][:1]
    return found[:count]


def signed(rrset: dns.rrset.RRset, zone: dns.name.Name, extra: int = 0) -> list[dns.rrset.RRset]:
    """An RRset with its signature, and so many that are like it but wrong."""
    rrsig: Any = dns.dnssec.sign(
        rrset, private(), zone, signer(), inception=NOW - 9999, expiration=NOW + 99999
    )
    wrong = [rrsig.replace(signature=rrsig.signature[:-4] + n.to_bytes(4)) for n in range(extra)]
    return [rrset, dns.rrset.from_rdata_list(rrset.name, rrset.ttl, [*wrong, rrsig])]


def _unshuffled(reply: dns.message.Message) -> bytes:
    """The octets of a reply, always in one order: dnspython shuffles the records of an RRset."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(random, "shuffle", lambda records: None)
        return reply.to_wire(max_size=65535)


class ManyKeys:
    """The root and example., which has `keys`; its DS RRset is for `trusted`, by default the real key."""

    def __init__(self, keys: Iterable[DNSKEY], trusted: Iterable[DNSKEY] = (), signatures: int = 0) -> None:
        self._signatures = signatures
        records = [dns.dnssec.make_ds(CHILD, key, "SHA256") for key in trusted or (signer(),)]
        self._ds = dns.rrset.from_rdata_list(CHILD, 300, records)
        self._keys = {ROOT: [signer()], CHILD: [*keys, signer()]}

    @property
    def network(self) -> Scripted:
        """Both servers."""
        return Scripted({AT_ROOT: self._serve(self._at_root), AT_CHILD: self._serve(self._at_child)})

    @property
    def anchors(self) -> Anchors:
        """The root's key."""
        return parse_anchors(f". IN DS {dns.dnssec.make_ds('.', signer(), 'SHA256').to_text()}", "test")

    def _serve(self, fill: Callable[[dns.message.Message, Question], None]) -> Server:
        def serve(question: Question) -> Exchange:
            query = dns.message.make_query(question.name, question.rdtype, want_dnssec=True)
            reply = dns.message.make_response(query)
            fill(reply, question)
            wire = _unshuffled(reply)
            message: Any = read_reply(wire)
            return Exchange(None, 0.0, 0.0, wire, message)  # type: ignore[arg-type]

        return serve

    def _at_root(self, reply: dns.message.Message, question: Question) -> None:
        if question.name == ROOT or question.rdtype == dns.rdatatype.DS:
            self._answer(reply, question, ROOT)
            return
        servers = dns.rrset.from_text(CHILD, 300, "IN", "NS", "ns.example.")
        reply.authority = [servers, *signed(self._ds, ROOT)]
        reply.additional = [dns.rrset.from_text("ns.example.", 300, "IN", "A", AT_CHILD)]

    def _at_child(self, reply: dns.message.Message, question: Question) -> None:
        self._answer(reply, question, CHILD)

    def _answer(self, reply: dns.message.Message, question: Question, zone: dns.name.Name) -> None:
        reply.flags |= dns.flags.AA
        if question.rdtype == dns.rdatatype.DNSKEY and question.name == zone:
            keys = dns.rrset.from_rdata_list(zone, 300, self._keys[zone])
            reply.answer = signed(keys, zone, self._signatures)
        elif question.rdtype == dns.rdatatype.DS:
            reply.answer = signed(self._ds, zone)
        elif question.rdtype == dns.rdatatype.A:
            reply.answer = signed(dns.rrset.from_text(question.name, 300, "IN", "A", "192.0.2.44"), zone)
        else:
            soa = ". . 1 7200 900 1209600 300"
            reply.authority = signed(dns.rrset.from_text(zone, 300, "IN", "SOA", soa), zone)
