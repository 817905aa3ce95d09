"""Rules on the keys of a zone and on the DS records with which its parent vouches for them."""

from __future__ import annotations

from collections.abc import Iterator

import dns.rdatatype

from dnstrace.checks.advice.csync import notified_at, or_notify
from dnstrace.checks.advice.ds_fixes import cure_of_ds, is_hosts, lost_keys, remedy_of_ds, revoked_keys
from dnstrace.checks.advice.key_fixes import before_ds, same_keys
from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.delegated_keys import deletes, of_ds, published, to_publish, unheard, wanted
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import left_open
from dnstrace.checks.readings.phrases import keys_text, listed, parent_text, where
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.checks.rules.digests import wrong_digests
from dnstrace.dnssec.algorithms import (
    algorithm_name,
    ds_usable,
    key_tag,
)
from dnstrace.dnssec.records import DNSKEY, DS, OddDS
from dnstrace.dnssec.signature import usable_key
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import replace


@of_cut(Level.ERROR, Blame.REGISTRAR, Trait.BREAKS_TRUST, Trait.SURE_AT_ONCE)
def ds_without_dnskey(cut: Cut) -> Iterator[Observation]:
    """The parent has DS records for the zone, but none matches a key of the zone.

    What it is: the DS records were made from other keys: they were left behind when the keys were
    replaced, or when the zone moved to another host, or the zone is no longer signed.

    Why it matters: every validating resolver answers SERVFAIL for the whole zone. For many users it is
    gone.

    How to fix it: at the registrar, replace the DS records with those of the zone's current keys, or
    remove all of them if the zone should not be signed. Old records stay in caches for their TTL: if the
    old key still exists, putting it back in the zone helps sooner. If a server of the zone does not answer,
    bring it back first: it may have the keys.

    References: RFC 4035 section 2.4; RFC 4035 section 5.2; RFC 6781 section 4.1.2
    """
    signing = signing_of(cut)
    usable = [ds for ds in signing.ds if ds_usable(ds)]
    if (
        all(isinstance(ds, OddDS) for ds in usable)
        or signing.entries
        or wrong_digests(signing)
        or not (signing.key_replies and signing.below_anchor)
        or left_open(cut, (reply for reply, _ in signing.key_replies.values()))
    ):
        return
    publish = () if unheard(cut) else to_publish(cut)
    hosts = is_hosts(cut, publish)
    steps = (*signing.ds_steps, *steps_of(reply for reply, _ in signing.key_replies.values()))
    yield Observation(
        f"{parent_text(cut)} has {_ds_text(usable)} for {keys_text(ds.key_tag for ds in usable)}"
        f"{_not_had(cut, usable)}",
        steps,
        cure=cure_of_ds(cut, bool(publish)),
        records=() if hosts else publish,
        blame=Blame.HOST if hosts else None,
        remedy=remedy_of_ds(cut, publish),
    )


@of_cut(Level.NOTICE, Blame.REGISTRAR, also=(Level.WARNING,))
def ds_stale(cut: Cut) -> Iterator[Observation]:
    """One of several DS records matches no key of the zone.

    What it is: the zone validates with another DS record; this one names a key that the zone does not
    have. It may be left over, or prepared for a future key.

    Why it matters: it does no harm by itself, unless the zone has no key of its algorithm: strict
    validators then expect signatures that are not there. Whoever has the old key can still forge the
    zone.

    How to fix it: unless a key is about to be replaced, remove the record at the registrar.

    References: RFC 6781 section 4.1.2; RFC 6840 section 5.11; RFC 4035 section 2.4
    """
    signing = signing_of(cut)
    named = {(key_tag(key), int(key.algorithm)) for key in signing.keys}
    algorithms = {int(key.algorithm) for key in signing.keys}
    asked = wanted(cut)  # a key that is about to be introduced
    wrong = frozenset(wrong_digests(signing))
    stale = [ds for ds in signing.ds if _is_stale(signing, ds, named, wrong) and not of_ds([ds]) <= {*asked}]
    if signing.entries and stale and cut.probed and not unheard(cut):
        keys = listed(f"key {ds.key_tag} ({algorithm_name(ds.algorithm)})" for ds in stale)
        alien = any(ds.algorithm not in algorithms for ds in stale)
        one = ("this DS record", "its key is")
        these, key = one if len(stale) == 1 else ("these DS records", "their keys are")
        yield Observation(
            f"{parent_text(cut)} has {_ds_text(stale)} for {keys}, which {zone_text(cut.zone)} does not have",
            signing.ds_steps,
            cure=f"remove {these} of {zone_text(cut.zone)}, unless {key} about to be introduced",
            remedy=at_parent(cut, remove=published(cut, stale)),
            level=Level.WARNING if alien else None,
        )


@of_cut(Level.NOTICE, Blame.REGISTRAR)
def dnskey_without_ds(cut: Cut) -> Iterator[Observation]:
    """The zone is signed, but its parent has no DS record for it.

    What it is: the zone has keys, and the parent has no DS record for any of them.

    Why it matters: resolvers treat the zone as unsigned, so the signatures protect nobody.

    How to fix it: test these DS records with `--ds`, then publish them at the registrar. Before that, every
    server of the zone has to answer and to have these keys.

    References: RFC 4033 section 5; RFC 4035 section 5.2; RFC 8078 section 3
    """
    signing = signing_of(cut)
    asked = wanted(cut)
    if not (cut.probed and signing.keys and signing.ds_known and not signing.ds and signing.below_anchor):
        return
    if not deletes(asked) and (publish := to_publish(cut)):
        keys, first = keys_text(map(key_tag, signing.signing_keys)), before_ds(cut)
        found = Observation(
            f"{zone_text(cut.zone)} is signed with {keys}, but {parent_text(cut)} has no DS record"
            f"{notified_at(cut, dns.rdatatype.CDS) if asked else ''}",
            (*signing.ds_steps, *steps_of(reply for reply, _ in signing.key_replies.values())),
            cure=f"publish the DS records of {zone_text(cut.zone)}"
            f"{or_notify(cut, dns.rdatatype.CDS) if asked else ''}",
            records=publish,
            remedy=at_parent(cut, add=publish),
        )
        if first is not None:
            cure, remedy = first
            found = replace(found, cure=cure, records=(), remedy=remedy, blame=Blame.HOST)
        yield found


@of_cut(Level.WARNING, Blame.HOST, Trait.BREAKS_TRUST, also=(Level.ERROR,))
def dnskey_differs(cut: Cut) -> Iterator[Observation]:
    """Servers of the zone have different keys.

    What it is: the DNSKEY RRset of one server lacks a key that signs data elsewhere, or has an extra one, or
    one server has an unsigned copy of the zone.

    Why it matters: a resolver that has the keys from one server and the data from another cannot validate
    the data, and answers SERVFAIL until its cache is renewed. The failure may come and go.

    How to fix it: check that all servers have the same version of the zone. If several providers sign it
    with keys of their own, each has to publish the zone-signing keys of all.

    References: RFC 4035 section 2.1; RFC 8901 section 3; RFC 6781 section 4.1
    """
    groups = signing_of(cut).key_groups
    unsigned = any(not keys for keys, _ in groups)
    if len(groups) < 2 or not (cut.probed or unsigned):
        return
    (_, most), *others = groups
    undecided = not signing_of(cut).entries and len(most) == len(others[0][1])
    behind = groups if undecided else others
    servers = by_server(reply for _, replies in behind for reply in replies)
    each = "; ".join(f"{where(replies)}: {_tags(keys)}" for keys, replies in groups)
    yield Observation(
        f"the servers of {zone_text(cut.zone)} have different keys: {each}",
        steps_of(reply for _, replies in groups for reply in replies),
        server=next(iter(servers)) if len(servers) == 1 else None,
        cure=same_keys(cut, groups),
        level=Level.ERROR if _breaks(cut, groups) else None,
        remedy=in_zone(cut.zone, servers=servers),
    )


# --- what they look at -------------------------------------------------------------------------


def _breaks(cut: Cut, groups: list[tuple[frozenset[DNSKEY], list[HeardReply]]]) -> bool:
    """Whether resolvers fail: they may get the keys of one server, and data that only others signed.

    Few servers of a zone above count less.
    """
    (usual, at), *others = groups
    odd = sum(len(replies) for _, replies in others)
    if not signing_of(cut).anchored or not (cut.probed or odd >= len(at)):
        return False
    return any(not usual & keys for keys, _ in others) or _signed_by_others(cut)


def _signed_by_others(cut: Cut) -> bool:
    """Whether valid data of one server has no signature by any key that another server has."""
    known = {
        address: {(key_tag(key), key.algorithm) for key in keys}
        for address, (_, keys) in signing_of(cut).key_replies.items()
        if keys and address in cut.serving
    }
    return any(
        each.trouble is None
        and each.data.rdtype != dns.rdatatype.DNSKEY
        and any(
            keys.isdisjoint({(signature.key_tag, signature.algorithm) for signature in each.data.signatures})
            for keys in known.values()
        )
        for each in signing_of(cut).judged
        if each.data.signatures and each.reply.address in known
    )


def _not_had(cut: Cut, usable: list[DS]) -> str:
    """What the zone has instead of the keys that DS records name."""
    keys, zone = signing_of(cut).keys, zone_text(cut.zone)
    tags = {ds.key_tag for ds in usable}
    near = [key for key in keys if key_tag(key) in tags]
    if near and usable_key(near[0]):
        called = next(int(ds.algorithm) for ds in usable if ds.key_tag == key_tag(near[0]))
        return (
            f" with algorithm {algorithm_name(called)}, but that key of {zone} has algorithm"
            f" {algorithm_name(near[0].algorithm)}"
        )
    if near:
        return f", which {zone} has, but which is revoked or not a zone key"
    if revoked_keys(cut):
        return f", which {zone} has revoked: it is there with the REVOKE flag"
    had = keys_text(map(key_tag, sorted(keys))) if keys else "no keys"
    return f", which {zone} does not have{_although(cut)}: it has {had}"


def _although(cut: Cut) -> str:
    """That the zone is signed with the keys that it lacks, if it is."""
    if not (lost := lost_keys(cut)):
        return ""
    if not signing_of(cut).keys:
        return ", although its data is signed"
    return f", although {keys_text(lost)} {'sign' if len(lost) > 1 else 'signs'} its DNSKEY records"


def _ds_text(records: list[DS]) -> str:
    return "a DS record" if len(records) == 1 else "DS records"


def _is_stale(signing: Signing, ds: DS, named: set[tuple[int, int]], wrong: frozenset[DS]) -> bool:
    """Whether a DS record is of no key; one with an odd or unknown digest is judged by its tag."""
    if ds in wrong:
        return False
    if isinstance(ds, OddDS) or not ds_usable(ds):
        return (ds.key_tag, int(ds.algorithm)) not in named
    return not signing.matching[ds]


def _tags(keys: frozenset[DNSKEY]) -> str:
    return ", ".join(str(tag) for tag in sorted(map(key_tag, keys))) or "none"
