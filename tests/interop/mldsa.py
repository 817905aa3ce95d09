"""A zone signed with ML-DSA-44 (DNSSEC algorithm 18), which no name server software signs with yet."""

from __future__ import annotations

import time

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.RRSIG
import dns.zone
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.NSEC import NSEC, Bitmap

ALGORITHM = 18
_DAY = 86400


def sign(origin: str, text: str) -> tuple[str, str]:
    """The zone with a key and signatures, as master-file text, and its DS record. Raises ImportError."""
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    private = MLDSA44PrivateKey.generate()
    key = DNSKEY(
        dns.rdataclass.IN,
        dns.rdatatype.DNSKEY,
        257,
        3,
        ALGORITHM,
        private.public_key().public_bytes_raw(),  # type: ignore[no-untyped-call, unused-ignore]
    )
    zone = dns.zone.from_text(text, origin, relativize=False)
    lines = []
    keys = dns.rdataset.from_rdata(3600, key)
    apex = dns.name.from_text(origin)
    with zone.writer() as writer:
        writer.add(apex, keys)
    owned = [*zone.iterate_rdatasets(), *denials(zone)]
    for owner, rdataset in owned:
        lines += [f"{owner} {rdataset.ttl} IN {rdtype_text(rdataset)} {each.to_text()}" for each in rdataset]
        rrset = dns.rrset.from_rdata_list(owner, rdataset.ttl, [*rdataset])
        begin = int(time.time()) - _DAY
        unsigned = dns.rdtypes.ANY.RRSIG.RRSIG(
            dns.rdataclass.IN,
            dns.rdatatype.RRSIG,
            rrset.rdtype,
            ALGORITHM,
            len(owner.labels) - 1,
            rrset.ttl,
            begin + 30 * _DAY,
            begin,
            dns.dnssec.key_id(key),
            apex,
            b"",
        )
        octets = dns.dnssec._make_rrsig_signature_data(rrset, unsigned)
        signature = unsigned.replace(signature=private.sign(octets))
        lines.append(f"{owner} {rrset.ttl} IN RRSIG {signature.to_text()}")
    ds = dns.dnssec.make_ds(apex, key, "SHA256")
    return "\n".join(dict.fromkeys(lines)) + "\n", f"{origin} 3600 IN DS {ds.to_text()}\n"


def denials(zone: dns.zone.Zone) -> list[tuple[dns.name.Name, dns.rdataset.Rdataset]]:
    """The NSEC record of each name: BIND takes a zone without them for unsigned, and sends no signatures."""
    names = sorted(zone.keys())
    always = {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
    found = []
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        bitmap = Bitmap.from_rdtypes([*always.union(each.rdtype for each in zone[name])])
        record = NSEC(dns.rdataclass.IN, dns.rdatatype.NSEC, following, bitmap)
        found.append((name, dns.rdataset.from_rdata(300, record)))
    return found


def rdtype_text(rdataset: dns.rdataset.Rdataset) -> str:
    """The type of a set of records."""
    return dns.rdatatype.to_text(rdataset.rdtype)
