"""Rules on the keys of a zone and on the DS records by which its parent vouches for them."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.delegated_keys import deletes, to_publish, wanted
from dnstrace.checks.evidence import Cut
from dnstrace.checks.phrases import where
from dnstrace.checks.replies import by_server, steps_of
from dnstrace.checks.signing import signing_of
from dnstrace.dnssec.algorithms import (
    RSASHA1,
    RSASHA1_NSEC3,
    SHA1_DIGEST,
    SUPPORTED,
    algorithm_name,
    ds_matches,
    ds_usable,
    key_tag,
)
from dnstrace.dnssec.crypto import key_bits
from dnstrace.dnssec.keys import unsupported
from dnstrace.dnssec.records import DNSKEY, DS
from dnstrace.dnssec.signature import usable_key
from dnstrace.model.findings import Blame, Level, Observation

_WEAK = frozenset({1, 3, RSASHA1, 6, RSASHA1_NSEC3, 12})  # RSAMD5, DSA, GOST and all with SHA-1
_RSA = frozenset({1, RSASHA1, RSASHA1_NSEC3, 8, 10})
_BITS, _FEW_BITS = 2048, 1024


@of_cut(Level.ERROR, Blame.REGISTRAR, Trait.BREAKS_TRUST)
def ds_without_dnskey(cut: Cut) -> Iterator[Observation]:
    """The parent has DS records for the zone, and no key of the zone matches any.

    What it is: the DS records were made of other keys: they were left behind when the keys were replaced,
    or when the zone moved to another host, or the zone is no longer signed.

    Why it matters: every validating resolver answers SERVFAIL for the whole zone. For many users it is gone.

    How to mend it: at the registrar, replace the DS records by those of the zone's present keys, or remove
    them all if the zone is not to be signed. Old ones stay in caches for their TTL: if the old key is still
    there, having it in the zone again helps sooner.

    References: RFC 4035 section 2.4; RFC 4035 section 5.2; RFC 6781 section 4.1.2
    """
    signing = signing_of(cut)
    usable = [ds for ds in signing.ds if ds_usable(ds)]
    if not usable or signing.entries or not signing.key_replies or not signing.below_anchor:
        return
    publish = to_publish(cut)
    steps = (*signing.ds_steps, *steps_of(reply for reply, _ in signing.key_replies.values()))
    yield Observation(
        f"{cut.parent or 'the parent'} has DS for key {_names(usable)}, "
        f"which {cut.zone} {_not_had(cut, usable)}",
        steps,
        cure=f"at the registrar of {cut.zone}, "
        + ("replace the DS records" if publish else "remove the DS records, or have the zone signed"),
        records=publish,
    )


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def ds_stale(cut: Cut) -> Iterator[Observation]:
    """One of several DS records matches no key of the zone.

    What it is: the zone is validated by another DS record; this one names a key that the zone does not have.
    It may be left over, or be meant for a key to come.

    Why it matters: it does no harm by itself, unless its algorithm is one that the zone has no key of: strict
    validators then expect signatures that are not there. Whoever has the old key can still forge the zone.

    How to mend it: unless a key is about to be replaced, remove it at the registrar.

    References: RFC 6781 section 4.1.2; RFC 6840 section 5.11; RFC 4035 section 2.4
    """
    signing = signing_of(cut)
    named = {(key_tag(key), int(key.algorithm)) for key in signing.keys}
    algorithms = {int(key.algorithm) for key in signing.keys}
    stale = [ds for ds in signing.ds if _is_stale(cut, ds, named)]
    if signing.entries and stale and cut.probed:
        told = ", ".join(f"{ds.key_tag} ({algorithm_name(ds.algorithm)})" for ds in stale)
        alien = any(ds.algorithm not in algorithms for ds in stale)
        yield Observation(
            f"{cut.parent or 'the parent'} has DS for key {told}, which {cut.zone} does not have",
            signing.ds_steps,
            cure=f"at the registrar of {cut.zone}, remove the DS record, unless its key is about to come",
            level=Level.WARNING if alien else None,
        )


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def dnskey_without_ds(cut: Cut) -> Iterator[Observation]:
    """The zone is signed, and its parent does not say so.

    What it is: the zone has keys, and the parent has no DS record for any of them.

    Why it matters: resolvers take the zone as unsigned: the signatures protect nobody.

    How to mend it: have these DS records published at the registrar, once `--ds` shows that they are right.

    References: RFC 4033 section 5; RFC 4035 section 5.2; RFC 8078 section 3
    """
    signing = signing_of(cut)
    asked = wanted(cut)
    if not (cut.probed and signing.keys and signing.ds_known and not signing.ds and signing.below_anchor):
        return
    if not deletes(asked) and (publish := to_publish(cut)):
        tags = ", ".join(str(key_tag(key)) for key in signing.signing_keys)
        yield Observation(
            f"{cut.zone} is signed with key {tags}, and {cut.parent or 'its parent'} has no DS record for it",
            (*signing.ds_steps, *steps_of(reply for reply, _ in signing.key_replies.values())),
            cure=f"at the registrar of {cut.zone}, have the DS records published",
            records=publish,
        )


@of_cut(Level.WARNING, Blame.HOST)
def algorithm_weak(cut: Cut) -> Iterator[Observation]:
    """The zone is signed with an algorithm that is given up.

    What it is: a key of the zone is of RSAMD5, DSA, RSASHA1, RSASHA1-NSEC3-SHA1 or ECC-GOST.

    Why it matters: validators may no longer use them, and some systems have SHA-1 switched off: for their
    users the zone is as good as unsigned, or fails. A forger with means can make signatures by SHA-1.

    How to mend it: roll the zone over to algorithm 13 (ECDSAP256SHA256) or 15 (ED25519), step by step.

    References: RFC 9904; RFC 9905 section 2; RFC 8624 section 3.1; RFC 6781 section 4.1.4
    """
    weak = sorted({int(key.algorithm) for key in signing_of(cut).keys if key.algorithm in _WEAK})
    if weak and cut.probed:
        yield Observation(
            f"{cut.zone} has keys of {', '.join(map(algorithm_name, weak))}",
            steps_of(reply for reply, _ in signing_of(cut).key_replies.values()),
            cure=f"roll {cut.zone} over to algorithm 13 (ECDSAP256SHA256)",
        )


@of_cut(Level.WARNING, Blame.REGISTRAR)
def digest_weak(cut: Cut) -> Iterator[Observation]:
    """The only DS records of the zone are digests by SHA-1.

    What it is: the parent has no DS record for the zone with a digest of another type than 1.

    Why it matters: SHA-1 is given up for this. Validators may ignore such a DS record, and where it is the
    only one the zone is as good as unsigned.

    How to mend it: publish DS records with digest type 2 (SHA-256) at the registrar, and remove these.

    References: RFC 9904; RFC 9905 section 2; RFC 8624 section 3.3; RFC 4509 section 6.2
    """
    usable = [ds for ds in signing_of(cut).ds if ds_usable(ds)]
    if cut.probed and signing_of(cut).entries and all(ds.digest_type == SHA1_DIGEST for ds in usable):
        yield Observation(
            f"{cut.parent or 'the parent'} has only DS records by SHA-1 for {cut.zone}",
            signing_of(cut).ds_steps,
            cure=f"at the registrar of {cut.zone}, replace the DS records",
            records=to_publish(cut),
        )


@of_cut(Level.WARNING, Blame.HOST)
def algorithm_unsupported(cut: Cut) -> Iterator[Observation]:
    """The zone is signed in a way that validators do not know.

    What it is: all DS records of the zone are of an algorithm, or with a digest type, that is not in use.

    Why it matters: resolvers take the zone as unsigned: its signatures protect nobody.

    How to mend it: sign the zone with algorithm 13 (ECDSAP256SHA256), and publish DS records with digest
    type 2 (SHA-256).

    References: RFC 4035 section 5.2; RFC 9904; RFC 8624 section 3.1
    """
    signing = signing_of(cut)
    if signing.ds and not any(map(ds_usable, signing.ds)) and signing.below_anchor:
        known = any(key.algorithm in SUPPORTED for key in signing.keys)
        yield Observation(
            f"{cut.zone} is signed only in ways that are not supported: {unsupported(signing.ds)}",
            signing.ds_steps,
            cure=f"at the registrar of {cut.zone}, replace the DS records"
            if known
            else f"sign {cut.zone} with algorithm 13 (ECDSAP256SHA256)",
            records=to_publish(cut) if known else (),
            blame=Blame.REGISTRAR if known else None,
        )


@of_cut(Level.NOTICE, Blame.HOST)
def key_small(cut: Cut) -> Iterator[Observation]:
    """An RSA key is shorter than 2048 bits.

    What it is: the modulus of a key of the zone is short.

    Why it matters: keys of 1024 bits are within reach of those with means, shorter ones of everybody, and
    some validators refuse these: the zone then fails or is taken as unsigned.

    How to mend it: replace it by a key of algorithm 13 (ECDSAP256SHA256), or of RSA with 2048 bits.

    References: RFC 6781 section 3.4.2; RFC 3110 section 2; RFC 8624 section 3.1
    """
    small = {
        key_tag(key): bits
        for key in signing_of(cut).keys
        if key.algorithm in _RSA and (bits := key_bits(key.algorithm, key.key)) < _BITS
    }
    if small and cut.probed:
        told = ", ".join(f"key {tag} of {bits} bits" for tag, bits in small.items())
        yield Observation(
            f"{cut.zone} has RSA {told}, where {_BITS} are expected",
            steps_of(reply for reply, _ in signing_of(cut).key_replies.values()),
            cure=f"replace it in {cut.zone} by a key of algorithm 13 (ECDSAP256SHA256)",
            level=Level.ERROR if min(small.values()) < _FEW_BITS else None,
        )


@of_cut(Level.WARNING, Blame.HOST, Trait.BREAKS_TRUST)
def dnskey_differs(cut: Cut) -> Iterator[Observation]:
    """Servers of a zone have different keys.

    What it is: the DNSKEY RRset of one server lacks a key that signs data elsewhere, or has one more.

    Why it matters: a resolver that has the keys from one server and the data from the other cannot validate
    them, and answers SERVFAIL until its cache is renewed. It may come and go.

    How to mend it: see that all servers have the same version of the zone. Where several hosts sign it, each
    has to publish the zone-signing keys of all.

    References: RFC 4035 section 2.1; RFC 8901 section 3; RFC 6781 section 4.1
    """
    groups = signing_of(cut).key_groups
    if len(groups) < 2 or not cut.probed:
        return
    usual, *others = groups
    servers = by_server(reply for _, replies in others for reply in replies)
    told = "; ".join(f"{where(replies)}: {_tags(keys)}" for keys, replies in groups)
    yield Observation(
        f"the servers of {cut.zone} have different keys: {told}",
        steps_of(reply for _, replies in groups for reply in replies),
        server=next(iter(servers)) if len(servers) == 1 else None,
        cure=f"have the same version of {cut.zone} loaded by all its servers",
        level=Level.ERROR
        if signing_of(cut).anchored and any(not usual[0] & keys for keys, _ in others)
        else None,
    )


# --- what they look at -------------------------------------------------------------------------


def _not_had(cut: Cut, usable: list[DS]) -> str:
    """What is wrong with the keys that DS records name."""
    keys = signing_of(cut).keys
    near = [key for key in keys if key_tag(key) in {ds.key_tag for ds in usable}]
    if any(map(usable_key, near)):
        return "has with another digest"
    if near:
        return "has, but revoked or not as a zone key"
    return f"does not have: it has {_tags(frozenset(keys))}"


def _names(records: list[DS]) -> str:
    return ", ".join(str(tag) for tag in dict.fromkeys(ds.key_tag for ds in records))


def _is_stale(cut: Cut, ds: DS, named: set[tuple[int, int]]) -> bool:
    """Whether a DS record is of no key; one with a digest that is not known is by its tag."""
    if not ds_usable(ds):
        return (ds.key_tag, int(ds.algorithm)) not in named
    return not any(ds_matches(ds, cut.zone, key) for key in signing_of(cut).keys)


def _tags(keys: frozenset[DNSKEY]) -> str:
    return ", ".join(str(tag) for tag in sorted(map(key_tag, keys))) or "none"
