"""Rules on the keys of a signed zone, and on what its parent says of them."""

from __future__ import annotations

from collections.abc import Iterator

import dns.dnssec
import dns.rdatatype

from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.evidence import Cut, Reply
from dnstrace.checks.finding import Blame, Fault, Level
from dnstrace.checks.readings import (
    digest_of,
    ds_of,
    ds_records,
    keys_in,
    keys_of,
    rsa_bits,
)
from dnstrace.checks.servers import addresses
from dnstrace.dnssec.algorithms import SHA1_DIGEST, algorithm_name, ds_matches, ds_usable, key_tag
from dnstrace.dnssec.verdict import LIMITS
from dnstrace.model import Kind, Probe

_SEP = 0x0001  # the flag of a key that signs keys (RFC 4034 section 2.1.1)
_WEAK = {1, 3, 5, 6, 7, 12}  # MUST NOT or NOT RECOMMENDED for signing (RFC 8624 section 3.1, RFC 9905)
_SMALL_RSA = 1024  # bits; under that it can be factored
_RSA = {1, 5, 7, 8, 10}
_SHORTLY = 0.1  # of the life of a signature
_DAY = 86400
_MANY_ITERATIONS = LIMITS.iterations
_NSEC3 = dns.rdatatype.NSEC3


# --- the parent's side ----------------------------------------------------------------------------


@of_cut(Level.ERROR, Blame.REGISTRAR)
def ds_without_dnskey(cut: Cut) -> Iterator[Fault]:
    """The parent publishes a DS record, and the zone has no key that it means.

    What it is: no DNSKEY record of the zone matches any DS record of its parent: after a change of host or a
    key rollover the DS records were left behind, or the zone is no longer signed.

    Why it matters: for every resolver that validates, the zone does not exist: users get SERVFAIL.

    How to mend it: have the DS records replaced by those of the zone's present keys, or removed where it is
    not signed any more, at the registrar; or bring the old key back.

    References: RFC 4035 section 5.2; RFC 6781 section 4.3.5
    """
    ds, keys = [record for record in ds_of(cut) if ds_usable(record)], keys_of(cut)
    if not ds or not cut.probe(Probe.DNSKEY) or any(ds_matches(r, cut.zone, k) for r in ds for k in keys):
        return
    tags = ", ".join(str(record.key_tag) for record in ds)
    tagged = ", ".join(str(key_tag(key)) for key in keys)
    has = f"has only the keys {tagged}, which it does not match" if keys else "has no keys (DNSKEY)"
    cure = (
        "have the DS records replaced by these"
        if keys
        else "have the DS records removed, or sign the zone again"
    )
    yield Fault(
        f"{cut.parent or 'the parent'} publishes DS {tags} for {cut.zone}, which {has}",
        (*(r.step.id for r in cut.referrals[:1]), *(r.step.id for r in cut.probe(Probe.DNSKEY)[:1])),
        cure=cure,
        records=ds_records(cut.zone, keys),
    )


@of_cut(Level.WARNING, Blame.REGISTRAR)
def algorithm_unsupported(cut: Cut) -> Iterator[Fault]:
    """No DS record of the zone can be used.

    What it is: every DS record has an algorithm or a digest type that validators do not support.

    Why it matters: for resolvers the zone is as good as not signed.

    How to mend it: sign with algorithm 13 (ECDSAP256SHA256) and have a DS record with SHA-256 published.

    References: RFC 4035 section 5.2; RFC 8624 section 3
    """
    ds = ds_of(cut)
    if ds and not any(map(ds_usable, ds)):
        told = ((r.key_tag, int(r.algorithm), int(r.digest_type)) for r in ds)
        each = ", ".join(f"{tag} (algorithm {algorithm}, digest {kind})" for tag, algorithm, kind in told)
        yield Fault(
            f"validators support none of the DS records of {cut.zone}: {each}",
            tuple(reply.step.id for reply in cut.referrals[:1]),
        )


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def ds_stale(cut: Cut) -> Iterator[Fault]:
    """A DS record means a key that the zone does not have.

    What it is: of several DS records one matches a key of the zone, another matches none.

    Why it matters: it does no harm by itself, and may be meant for a key to come. One that is left behind
    is forgotten until somebody else finds the key.

    How to mend it: have the DS record removed at the registrar once no key of that tag is planned.

    References: RFC 6781 section 4.1.2
    """
    keys = keys_of(cut)
    stale = [record for record in ds_of(cut) if not any(ds_matches(record, cut.zone, key) for key in keys)]
    if stale and keys and len(stale) < len(ds_of(cut)):
        tags = ", ".join(str(record.key_tag) for record in stale)
        yield Fault(
            f"{cut.parent or 'the parent'} publishes DS {tags} for {cut.zone}, which has no such key",
            tuple(reply.step.id for reply in cut.referrals[:1]),
        )


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def dnskey_without_ds(cut: Cut) -> Iterator[Fault]:
    """The zone is signed, but its parent does not say so.

    What it is: the zone has DNSKEY records, and its parent has no DS record for it.

    Why it matters: nobody can validate the signatures: the zone is as good as not signed.

    How to mend it: have these DS records published at the registrar.

    References: RFC 4035 section 5.2
    """
    keys = keys_of(cut)
    if keys and cut.referrals and not ds_of(cut):
        yield Fault(
            f"{cut.zone} is signed, but {cut.parent} has no DS record for it",
            tuple(reply.step.id for reply in (*cut.referrals[:1], *cut.probe(Probe.DNSKEY)[:1])),
            cure="have these DS records published",
            records=ds_records(cut.zone, keys),
        )


@of_cut(Level.WARNING, Blame.REGISTRAR)
def digest_weak(cut: Cut) -> Iterator[Fault]:
    """The parent's DS records rest on SHA-1 alone.

    What it is: every DS record of the zone has digest type 1.

    Why it matters: SHA-1 is broken; validators are about to treat such zones as not signed.

    How to mend it: have a DS record with SHA-256 (digest type 2) published at the registrar.

    References: RFC 8624 section 3.3; RFC 9905 section 2
    """
    ds = ds_of(cut)
    if cut.probed and ds and all(record.digest_type == SHA1_DIGEST for record in ds):
        yield Fault(
            f"every DS record of {cut.zone} has the digest SHA-1",
            tuple(reply.step.id for reply in cut.referrals[:1]),
            records=ds_records(cut.zone, keys_of(cut)),
        )


@of_cut(Level.NOTICE, Blame.PARENT)
def cds_differs(cut: Cut) -> Iterator[Fault]:
    """The zone asks for other DS records than its parent has.

    What it is: the CDS records in the zone differ from the DS records at the parent.

    Why it matters: a key rollover waits for the parent to take the new DS records over. Until then the old
    key must stay.

    How to mend it: where the parent does not take CDS records over by itself, have them published at the
    registrar.

    References: RFC 7344 section 4; RFC 8078 section 3
    """
    wanted = {
        digest_of(r) for reply in cut.probe(Probe.CDS) for r in reply.rrset(cut.zone, dns.rdatatype.CDS) or ()
    }
    if wanted and cut.referrals and wanted != {digest_of(record) for record in ds_of(cut)}:
        tags = ", ".join(sorted({str(tag) for tag, *_ in wanted}))
        yield Fault(
            f"{cut.zone} asks for the DS records {tags} (CDS), and {cut.parent} has others",
            tuple(reply.step.id for reply in (*cut.referrals[:1], *cut.probe(Probe.CDS)[:1])),
        )


# --- the keys -------------------------------------------------------------------------------------


@of_cut(Level.ERROR, Blame.HOST)
def dnskey_differs(cut: Cut) -> Iterator[Fault]:
    """The servers of the zone have different keys.

    What it is: the DNSKEY RRset of one server differs from that of another.

    Why it matters: a resolver that got the keys from one and the data from another finds the data bogus.

    How to mend it: bring all servers to one version of the zone; where several hosts sign it, have each
    publish the keys of the others.

    References: RFC 4035 section 2.2; RFC 8901 section 2.1
    """
    groups: dict[frozenset[int], list[Reply]] = {}
    for reply in cut.probe(Probe.DNSKEY):
        if reply.message is not None and reply.meaning.kind in (Kind.ANSWER, Kind.NODATA):
            keys = frozenset(key_tag(key) for key in keys_in(reply, cut.zone))
            groups.setdefault(keys, []).append(reply)
    if len(groups) > 1 and len(cut.serials) < 2:
        each = (
            f"{', '.join(map(str, sorted(tags))) or 'none'} at {addresses(replies)}"
            for tags, replies in groups.items()
        )
        yield Fault(
            f"the servers of {cut.zone} have different keys: {'; '.join(each)}",
            tuple(reply.step.id for replies in groups.values() for reply in replies),
        )


@of_cut(Level.WARNING, Blame.HOST)
def algorithm_weak(cut: Cut) -> Iterator[Fault]:
    """The zone is signed with an algorithm that should not be used any more.

    What it is: a key of the zone has an algorithm that rests on SHA-1, MD5, DSA or GOST.

    Why it matters: validators are dropping these: for them the zone is not signed.

    How to mend it: roll over to algorithm 13 (ECDSAP256SHA256).

    References: RFC 8624 section 3.1; RFC 9905 section 2
    """
    weak = sorted({int(key.algorithm) for key in keys_of(cut)} & _WEAK)
    if weak:
        yield Fault(
            f"{cut.zone} is signed with {', '.join(map(algorithm_name, weak))}",
            tuple(reply.step.id for reply in cut.probe(Probe.DNSKEY)[:1]),
        )


@of_cut(Level.ERROR, Blame.HOST)
def key_small(cut: Cut) -> Iterator[Fault]:
    """A key is so small that it can be broken.

    What it is: an RSA key of the zone has less than 1024 bits.

    Why it matters: it can be factored with the means of one person; signatures by it prove nothing.

    How to mend it: roll over to algorithm 13 (ECDSAP256SHA256), or to RSA keys of 2048 bits.

    References: RFC 6781 section 3.4.2; RFC 8624 section 3.1
    """
    small = [key for key in keys_of(cut) if key.algorithm in _RSA and rsa_bits(key) < _SMALL_RSA]
    if small:
        each = ", ".join(f"{key_tag(key)} ({rsa_bits(key)} bits)" for key in small)
        yield Fault(f"{cut.zone} has the key {each}", tuple(r.step.id for r in cut.probe(Probe.DNSKEY)[:1]))
