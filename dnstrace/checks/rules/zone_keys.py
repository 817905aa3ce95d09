"""Rules on the keys of a zone by themselves, whether or not its parent has DS records for them."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, parent_text, where
from dnstrace.checks.readings.replies import HeardReply, steps_of
from dnstrace.checks.readings.signing import Signing, signing_of
from dnstrace.dnssec.algorithms import RSASHA1, RSASHA1_NSEC3, Status, algorithm_name, key_tag, status
from dnstrace.dnssec.crypto import key_bits, key_flaw
from dnstrace.dnssec.signature import usable_key
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import zone_text

_RSA = frozenset({1, RSASHA1, RSASHA1_NSEC3, 8, 10})
_BITS, _FEW_BITS = 2048, 1024
_TTL = 3600  # seconds, of records to remove; of no consequence


@of_cut(Level.WARNING, Blame.HOST)
def key_malformed(cut: Cut) -> Iterator[Observation]:
    """A key of the zone is not a key of its algorithm.

    What it is: the public key in a DNSKEY record is too short, too long, or has numbers in it that no key of
    its algorithm has.

    Why it matters: nothing can be validated with it. Validators skip it or reject the whole DNSKEY RRset, and
    if a DS record names it, they answer SERVFAIL.

    How to fix it: publish the DNSKEY record again as the signing software wrote it, or remove it.

    References: RFC 3110 section 2; RFC 6605 section 4; RFC 8080 section 3; RFC 4034 section 2.1.4
    """
    flaws = {
        f"key {key_tag(key)} ({algorithm_name(key.algorithm)}): {flaw}"
        for key in signing_of(cut).keys
        if (flaw := key_flaw(int(key.algorithm), key.key))
    }
    if flaws and cut.probed:
        yield Observation(
            f"{zone_text(cut.zone)} has {'a malformed key' if len(flaws) == 1 else 'malformed keys'}:"
            f" {'; '.join(sorted(flaws))}",
            _steps(cut),
            cure=f"publish the DNSKEY records of {zone_text(cut.zone)} again as the signing software wrote"
            " them",
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.NOTICE, Blame.HOST, also=(Level.ERROR,))
def key_small(cut: Cut) -> Iterator[Observation]:
    """An RSA key is shorter than 2048 bits.

    What it is: the modulus of a key of the zone is short.

    Why it matters: attackers with enough means can break keys of 1024 bits, and anybody can break shorter
    ones. Some validators reject keys below 1024 bits: the zone then fails or is treated as unsigned.

    How to fix it: replace the key with one of 2048 bits, or roll the whole zone over to algorithm 13
    (ECDSAP256SHA256). One key of another algorithm is not enough: each algorithm has to sign the whole zone.

    References: RFC 6781 section 3.4.2; RFC 3110 section 2; RFC 8624 section 3.1
    """
    small = {
        key_tag(key): bits
        for key in signing_of(cut).keys
        if key.algorithm in _RSA
        and not key_flaw(key.algorithm, key.key)
        and (bits := key_bits(key.algorithm, key.key)) < _BITS
    }
    if small and cut.probed:
        what = "an RSA key" if len(small) == 1 else "RSA keys"
        keys = listed(f"key {tag} ({bits} bits)" for tag, bits in small.items())
        yield Observation(
            f"{zone_text(cut.zone)} has {what} of less than {_BITS} bits: {keys}",
            steps_of(reply for reply, _ in signing_of(cut).key_replies.values()),
            cure=f"replace {'it with a key' if len(small) == 1 else 'them with keys'} of {_BITS} bits,"
            f" or roll {zone_text(cut.zone)} over to algorithm 13 (ECDSAP256SHA256)",
            remedy=in_zone(
                cut.zone,
                remove=[
                    f"{cut.zone} {_TTL} IN DNSKEY {key}"
                    for key in signing_of(cut).keys
                    if key_tag(key) in small and len(small) < len(signing_of(cut).keys)
                ],
            ),
            level=Level.ERROR if min(small.values()) < _FEW_BITS else None,
        )


@of_cut(Level.NOTICE, Blame.HOST)
def algorithm_not_recommended(cut: Cut) -> Iterator[Observation]:
    """The zone is signed with an algorithm that is not recommended.

    What it is: a key of the zone uses RSASHA512, which the registry of algorithms does not recommend for
    signing.

    Why it matters: every validator supports it, but it has no advantage over RSASHA256, and its keys and
    signatures are several times larger than those of ECDSAP256SHA256.

    How to fix it: nothing is urgent. Use algorithm 13 (ECDSAP256SHA256) or 15 (ED25519) at the next rollover.

    References: RFC 9904; RFC 8624 section 3.1
    """
    used = {int(key.algorithm) for key in signing_of(cut).keys}
    if cut.probed and (found := [each for each in used if status(each) is Status.NOT_RECOMMENDED]):
        yield Observation(
            f"{zone_text(cut.zone)} has keys with {listed(map(algorithm_name, found))}, which is not"
            " recommended",
            _steps(cut),
            cure=f"use algorithm 13 (ECDSAP256SHA256) at the next rollover of {zone_text(cut.zone)}",
            remedy=in_zone(cut.zone),
        )


@of_cut(Level.WARNING, Blame.HOST)
def keys_not_signed(cut: Cut) -> Iterator[Observation]:
    """The zone has keys that do not sign each other, and no DS record yet.

    What it is: the DNSKEY RRset has no valid signature by any of its keys. The parent has no DS record for
    the zone, so nobody notices.

    Why it matters: resolvers treat the zone as unsigned. As soon as a DS record is published, all validating
    resolvers answer SERVFAIL for the whole zone.

    How to fix it: sign the zone again and check it before a DS record is published, or remove the keys.

    References: RFC 4035 section 2.2; RFC 4035 section 5.2; RFC 8078 section 3
    """
    signing = signing_of(cut)
    if not cut.probed or not signing.ds_known or signing.ds or signing.signing_keys:
        return
    if failing := _self_signed_badly(signing):
        replies = [reply for reply, _ in failing]
        yield Observation(
            f"no key of {zone_text(cut.zone)} validly signs its keys, on {where(replies)}: {failing[0][1]};"
            f" a DS record in {parent_text(cut)} would make the zone fail",
            steps_of(replies),
            cure=f"sign {zone_text(cut.zone)} again before a DS record is published",
            remedy=in_zone(cut.zone),
        )


def _self_signed_badly(signing: Signing) -> list[tuple[HeardReply, str]]:
    """The replies with keys that may sign and do not, each with the reason."""
    return [
        (reply, checked.reason)
        for reply, keys in signing.key_replies.values()
        for data in signing.key_data(reply)
        if _had_edns(reply)
        and any(map(usable_key, keys))
        and not (checked := signing.check(reply, data)).valid
    ]


def _had_edns(reply: HeardReply) -> bool:
    """Whether signatures could be there: without EDNS there are none (RFC 3225)."""
    asked = reply.attempt.exchange.query.edns is not None
    return asked and reply.message is not None and reply.message.edns >= 0


def _steps(cut: Cut) -> tuple[int, ...]:
    return steps_of(reply for reply, _ in signing_of(cut).key_replies.values())
