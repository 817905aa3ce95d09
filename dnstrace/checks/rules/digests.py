"""The rule on DS records whose digest does not fit the key that they name."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.delegated_keys import in_place
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.checks.readings.replies import steps_of
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.dnssec.algorithms import SHA1_DIGEST, digest_name, ds_usable, heeded, key_tag
from dnstrace.dnssec.records import DS, OddDS
from dnstrace.dnssec.signature import usable_key
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text


@of_cut(Level.ERROR, Blame.REGISTRAR, Trait.BREAKS_TRUST, also=(Level.WARNING,))
def ds_digest_wrong(cut: Cut) -> Iterator[Observation]:
    """The digest of a DS record does not fit the key that it names.

    What it is: the zone has a key with the tag and the algorithm of a DS record in its parent, but the digest
    in the record is not that key's. It was mistyped or cut short, or made for another name.

    Why it matters: the record makes no key trusted. Validators such as BIND ignore SHA-1 records if there is
    one with a stronger digest, and some are set to use the strongest digest only: if none of those fits, they
    answer SERVFAIL for the whole zone. If another record with that digest fits, it is left over (a warning).

    How to fix it: generate the DS records from the zone's keys again, and replace those at the registrar.

    References: RFC 4034 section 5.1.4; RFC 4035 section 5.2; RFC 4509 section 3
    """
    signing = signing_of(cut)
    wrong = wrong_digests(signing) if signing.below_anchor else []
    harmful = bool(wrong) and (not signing.entries or not _strongest_fits(signing))
    if not wrong or not (harmful or cut.probed):
        return
    publish, zone = in_place(cut), zone_text(cut.zone)
    unsigned = not publish  # no key signs the keys: with its DS record, the zone fails as it does now
    yield Observation(
        f"{parent_text(cut)} has {_text(wrong)} not fit that key of {zone}{_ignored(signing)}",
        (*signing.ds_steps, *steps_of(reply for reply, _ in signing.key_replies.values())),
        cure=f"sign {zone} again, since no key validly signs its DNSKEY records; then replace its DS records"
        if unsigned
        else f"replace the DS records of {zone}",
        records=publish,
        level=None if harmful else Level.WARNING,
        remedy=in_zone(cut.zone) if unsigned else at_parent(cut, change=publish),
        blame=Blame.HOST if unsigned else None,
    )


def wrong_digests(signing: Signing) -> list[DS]:
    """The DS records whose tag and algorithm are those of a key, and whose digest is not."""
    named = {(key_tag(key), int(key.algorithm)) for key in signing.keys if usable_key(key)}
    return [
        ds
        for ds in signing.ds
        if ds_usable(ds)
        and not isinstance(ds, OddDS)
        and not signing.matching[ds]
        and (ds.key_tag, int(ds.algorithm)) in named
    ]


def _strongest_fits(signing: Signing) -> bool:
    """Whether validators that use the strongest digest type only find a key."""
    kinds = [ds for ds in heeded(signing.ds) if not isinstance(ds, OddDS)]
    most = max((int(ds.digest_type) for ds in kinds), default=0)
    return any(signing.matching[ds] for ds in kinds if ds.digest_type == most)


def _text(wrong: list[DS]) -> str:
    """DS records by key and digest type: `a DS record for key 12345 whose SHA-256 digest does`."""
    each = listed(f"key {ds.key_tag} by {digest_name(ds.digest_type)}" for ds in wrong)
    if len(wrong) == 1:
        return f"a DS record for key {wrong[0].key_tag} whose {digest_name(wrong[0].digest_type)} digest does"
    return f"DS records for {each} whose digests do"


def _ignored(signing: Signing) -> str:
    """That the SHA-1 record does not count, where only that one fits."""
    fits = any(ds.digest_type == SHA1_DIGEST and found for ds, found in signing.matching.items())
    return (
        ", and validators such as BIND ignore the SHA-1 record, which does fit"
        if fits and not signing.entries
        else ""
    )
