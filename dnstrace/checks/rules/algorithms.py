"""Rules on the algorithms of keys and the digest types of DS records: what validators do with them."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.delegated_keys import in_place, to_publish
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import keys_text, listed, parent_text
from dnstrace.checks.readings.replies import steps_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.dnssec.algorithms import (
    SHA1_DIGEST,
    SUPPORTED,
    Status,
    algorithm_name,
    algorithm_text,
    ds_usable,
    key_tag,
    only_unknown,
    status,
)
from dnstrace.dnssec.keys import unsupported
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

_ODD = (Status.RESERVED, Status.UNASSIGNED, Status.PRIVATE, Status.NOT_FOR_ZONES)


@of_cut(Level.WARNING, Blame.HOST)
def algorithm_weak(cut: Cut) -> Iterator[Observation]:
    """The zone is signed with an obsolete algorithm.

    What it is: a key of the zone uses RSAMD5, DSA, RSASHA1, RSASHA1-NSEC3-SHA1 or ECC-GOST.

    Why it matters: validators may no longer use these algorithms, and some systems have SHA-1 switched
    off: for their users the zone is as good as unsigned, or fails. A forger with enough means can make
    signatures that use SHA-1.

    How to fix it: roll the zone over to algorithm 13 (ECDSAP256SHA256) or 15 (ED25519), step by step.

    References: RFC 9904; RFC 9905 section 2; RFC 8624 section 3.1; RFC 6781 section 4.1.4
    """
    used = {int(key.algorithm) for key in signing_of(cut).keys}
    weak = sorted(number for number in used if status(number) is Status.OBSOLETE)
    if weak and cut.probed:
        yield Observation(
            f"{zone_text(cut.zone)} has keys with an obsolete algorithm: {listed(map(algorithm_name, weak))}",
            steps_of(reply for reply, _ in signing_of(cut).key_replies.values()),
            cure=f"roll {zone_text(cut.zone)} over to algorithm 13 (ECDSAP256SHA256)",
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.WARNING, Blame.REGISTRAR)
def digest_weak(cut: Cut) -> Iterator[Observation]:
    """All DS records of the zone use SHA-1.

    What it is: the parent has no DS record for the zone with a digest type other than 1.

    Why it matters: SHA-1 is obsolete for this use. Validators may ignore such a DS record, and if it is
    the only one, the zone is as good as unsigned.

    How to fix it: publish DS records with digest type 2 (SHA-256) at the registrar, and remove these.

    References: RFC 9904; RFC 9905 section 2; RFC 8624 section 3.3; RFC 4509 section 6.2
    """
    usable = [ds for ds in signing_of(cut).ds if ds_usable(ds)]
    if cut.probed and signing_of(cut).entries and all(ds.digest_type == SHA1_DIGEST for ds in usable):
        unseen = [ds.key_tag for ds in usable if not signing_of(cut).matching.get(ds)]
        to_come = f"{keys_text(unseen)} {'is' if len(unseen) == 1 else 'are'} yet to be introduced"
        also = f"; add one with SHA-256 too if {to_come}" if unseen else ""
        yield Observation(
            f"{parent_text(cut)} has only DS records that use SHA-1 for {zone_text(cut.zone)}",
            signing_of(cut).ds_steps,
            cure=f"replace the DS records of {zone_text(cut.zone)}{also}",
            records=in_place(cut),
            remedy=at_parent(cut, change=in_place(cut)),
        )


@of_cut(Level.WARNING, Blame.HOST)
def algorithm_unsupported(cut: Cut) -> Iterator[Observation]:
    """The zone is signed in a way that validators do not support.

    What it is: all DS records of the zone have an algorithm or a digest type that is not in use, or it has
    keys with an algorithm that is reserved, unassigned, for private use or not for signing zones. Some are
    assigned, but most validators do not know them yet (MLDSA44, SM2SM3, ECC-GOST12).

    Why it matters: resolvers treat the zone as unsigned: its signatures protect nobody. Validators that know
    a new algorithm see otherwise: for them the zone is secure, or fails. If other keys are fine, these are
    of no use, and validators may one day read something else into them.

    How to fix it: sign the zone with algorithm 13 (ECDSAP256SHA256), and publish DS records with digest
    type 2 (SHA-256). Remove keys that no validator can use.

    References: RFC 4035 section 5.2; RFC 9904; RFC 8624 section 3.1
    """
    signing = signing_of(cut)
    if signing.ds and not any(map(ds_usable, signing.ds)) and signing.below_anchor:
        publish = to_publish(cut) if any(key.algorithm in SUPPORTED for key in signing.signing_keys) else ()
        most = "most " if only_unknown(signing.ds) else ""
        yield Observation(
            f"{zone_text(cut.zone)} is signed only in ways that {most}validators do not support:"
            f" {unsupported(signing.ds)}",
            signing.ds_steps,
            cure=f"replace the DS records of {zone_text(cut.zone)}"
            if publish  # DS records of a key that does not sign the keys would make the zone fail
            else f"sign {zone_text(cut.zone)} with algorithm 13 (ECDSAP256SHA256){' too' if most else ''}",
            records=publish,
            remedy=at_parent(cut, change=publish) if publish else in_zone(cut.zone),
            blame=Blame.REGISTRAR if publish else None,
        )
        return
    odd = {key for key in signing.keys if status(int(key.algorithm)) in _ODD}
    if odd and cut.probed:
        keys = (f"key {key_tag(key)} with {algorithm_text(int(key.algorithm))}" for key in sorted(odd))
        yield Observation(
            f"{zone_text(cut.zone)} has keys that validators do not support: {listed(keys)}",
            steps_of(reply for reply, _ in signing.key_replies.values()),
            cure=f"remove these keys from {zone_text(cut.zone)}",
            remedy=in_zone(cut.zone),
        )
