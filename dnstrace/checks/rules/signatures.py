"""Rules on the signatures of a signed zone: each RRset of each server, checked with the zone's own keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.advice.server_fixes import is_minor
from dnstrace.checks.advice.versions import regressed, validating
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.clock import wrong_time
from dnstrace.checks.readings.delegated_keys import in_place, unheard
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import left_open
from dnstrace.checks.readings.phrases import counted, listed, where
from dnstrace.checks.readings.replies import by_server, steps_of
from dnstrace.checks.readings.signing import Judged, Trouble, signing_of
from dnstrace.dnssec.algorithms import algorithm_name, key_tag
from dnstrace.dnssec.crypto import key_flaw
from dnstrace.dnssec.records import SEP
from dnstrace.dnssec.signature import usable_key
from dnstrace.model import Name, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.judgement import SignatureEvidence
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import ahead
from dnstrace.model.structs import replace

_SHARE = 10  # a signature with less than a tenth of its validity period left should have been renewed
_SHORT, _LONG_LIVED = 2 * 86400, 10 * 86400  # two days are little of ten or more


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.SURE_AT_ONCE, also=(Level.WARNING,))
def signature_missing(cut: Cut) -> Iterator[Observation]:
    """Data of a signed zone has no signature.

    What it is: the parent's DS record says that the zone is signed, but a server returns data without an
    RRSIG record, or keys (DNSKEY) that no key named by a DS record signs.

    Why it matters: validating resolvers cannot tell this data from a forgery. They ask other servers of
    the zone, and if none does better they answer SERVFAIL.

    How to fix it: sign the whole zone, and load it on all servers. A server that leaves out all
    signatures does not support DNSSEC, or has an unsigned copy of the zone: replace or reconfigure it.

    References: RFC 4035 section 2.2; RFC 4035 section 3.1; RFC 4035 section 5.3
    """
    yield from _faults_with(cut, Trouble.MISSING, lambda first: " has no signature")


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.SURE_AT_ONCE, also=(Level.WARNING,))
def signature_bad(cut: Cut) -> Iterator[Observation]:
    """A signature does not match its data.

    What it is: an RRSIG record is within its validity period, but was not made with a key of the zone, or
    not for this data: the data or the key was changed after signing.

    Why it matters: validating resolvers treat the data as a forgery and answer SERVFAIL.

    How to fix it: sign the zone again with its current keys. Nothing may change records after that: look
    for a server, script or load balancer that does.

    References: RFC 4035 section 5.3.1; RFC 4035 section 5.3.3
    """
    entries = signing_of(cut).entries

    def not_right(first: Judged) -> str:
        if first.data.are_keys_of(cut.zone) and entries:
            return f" is not signed by key {key_tag(entries[0])}, which the DS record names"
        return f": {first.checked.reason}"

    for each in _faults_with(cut, Trouble.BAD, not_right):
        yield _with_ds_replaced(cut, each) if _is_of_other_key(cut) else each


def _is_of_other_key(cut: Cut) -> bool:
    """Whether all that is wrong is that the DS records name keys which do not sign the DNSKEY RRset.

    Another key does so, and is a secure entry point (RFC 4034 section 2.1.1), as the others are not.
    """
    signing = signing_of(cut)
    signers = {key for key in signing.signing_keys if key.flags & SEP}
    bad = signing.troubled(Trouble.BAD)
    only_keys = bool(bad) and all(judged.data.are_keys_of(cut.zone) for judged in bad)
    return only_keys and bool(signers) and signers.isdisjoint(signing.entries)


def _with_ds_replaced(cut: Cut, found: Observation) -> Observation:
    """The observation that the wrong key is named, whose fix is in the parent."""
    publish = () if unheard(cut) else in_place(cut)
    if not publish:
        return found
    signers = [key for key in signing_of(cut).signing_keys if key.flags & SEP]
    tags = listed(map(key_tag, signers))
    return replace(
        found,
        message=f"{found.message}: key {tags} signs it" if len(signers) == 1 else found.message,
        cure=f"replace the DS records of {zone_text(cut.zone)}",
        records=publish,
        remedy=at_parent(cut, change=publish),
        blame=Blame.REGISTRAR,
    )


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.SURE_AT_ONCE, also=(Level.WARNING,))
def signature_expired(cut: Cut) -> Iterator[Observation]:
    """Signatures have expired.

    What it is: the expiration time in RRSIG records has passed.

    Why it matters: validating resolvers answer SERVFAIL: for their users the zone is gone from the moment
    of expiry.

    How to fix it: sign the zone again now, and load it on all servers. Then find out why it was not
    signed in time: signing stopped, keys that cannot be read, or a secondary that no longer gets
    transfers.

    References: RFC 4035 section 5.3.1; RFC 4034 section 3.1.5; RFC 6781 section 4.4.2
    """
    yield from _faults_with(cut, Trouble.EXPIRED, lambda first: f": {first.checked.reason}")


@of_cut(Level.ERROR, Blame.HOST, Trait.BREAKS_TRUST, Trait.SURE_AT_ONCE, also=(Level.WARNING,))
def signature_not_yet_valid(cut: Cut) -> Iterator[Observation]:
    """Signatures are not valid yet.

    What it is: the inception time in RRSIG records is in the future.

    Why it matters: until then, validating resolvers answer SERVFAIL.

    How to fix it: correct the clock of the machine that signs, and sign the zone again with an inception
    time one hour in the past.

    References: RFC 4035 section 5.3.1; RFC 4034 section 3.1.5; RFC 6781 section 4.4.2
    """
    yield from _faults_with(cut, Trouble.EARLY, lambda first: f": {first.checked.reason}")


@of_cut(Level.WARNING, Blame.HOST)
def signature_expiring(cut: Cut) -> Iterator[Observation]:
    """Signatures are about to expire and have not been renewed.

    What it is: less than a tenth of the validity period of RRSIG records is left, or less than two days
    of a period of ten days or more. Most signers renew signatures earlier; some, such as Knot DNS as it is
    set up by default, do so only hours before they expire.

    Why it matters: when they expire, validating resolvers answer SERVFAIL for the whole zone. Cached
    copies last until then and no longer. If they are renewed that late, a failure of the signer or of a
    transfer leaves no time to fix it.

    How to fix it: check at once whether signing still runs, and whether this server still gets the zone. If
    it does, and the signer is set up to renew them that late, have it do so some days before they expire.

    References: RFC 6781 section 4.4.2; RFC 4035 section 5.3.1
    """
    found = [judged for judged in signing_of(cut).judged if judged.trouble is None and _expires(judged)]

    def left(first: Judged) -> str:
        seconds = _used(first).left
        minutes, hours = round(seconds / 60), round(seconds / 3600)
        time = counted(hours, "hour") if minutes >= 120 else counted(minutes, "minute")
        return f" has a signature that expires in {time}"

    yield from _faults_of(cut, found, left)


@of_cut(Level.WARNING, Blame.HOST)
def signature_algorithm_missing(cut: Cut) -> Iterator[Observation]:
    """Data is not signed with every algorithm that the zone has keys of.

    What it is: the zone has keys of several algorithms, and an RRset has no signature by one of them. A key
    was published before the data was signed with it, or stayed after its signatures had gone.

    Why it matters: a signed zone has to be signed with each algorithm of its DNSKEY RRset. Validators need
    not insist on that, but some can be told to, and then reject the data.

    How to fix it: sign the whole zone with all algorithms of its keys. When a new one is introduced, publish
    its signatures first and its key later, and remove the old key before its signatures.

    References: RFC 4035 section 2.2; RFC 6840 section 5.11; RFC 6781 section 4.1.4
    """
    found = [judged for judged in signing_of(cut).judged if _lacking(cut, judged)] if cut.probed else []

    def without(first: Judged) -> str:
        names = listed(map(algorithm_name, sorted(_lacking(cut, first))))
        return f" has no signature with {names}, although {zone_text(cut.zone)} has keys of that algorithm"

    lacking = listed(map(algorithm_name, sorted(set[int]().union(*(_lacking(cut, each) for each in found)))))
    cure = (
        f"sign every RRset of {zone_text(cut.zone)} with {lacking} as well: each algorithm needs a key that"
        " signs the data, and one that signs the keys"
    )
    for each in _faults_of(cut, found, without):
        yield replace(each, cure=cure, remedy=in_zone(cut.zone))


def _lacking(cut: Cut, judged: Judged) -> set[int]:
    """The algorithms of the server's keys by which an RRset has no signature, although it has others."""
    signing, data = signing_of(cut), judged.data
    by = {int(each.algorithm) for each in data.signatures if each.signer == signing.zone}
    _, keys = signing.key_replies.get(judged.reply.address, (None, frozenset(signing.keys)))
    whole = (key for key in keys if usable_key(key) and not key_flaw(int(key.algorithm), key.key))
    return {int(key.algorithm) for key in whole} - by if by else set()


# --- what they have in common ------------------------------------------------------------------


def _faults_with(cut: Cut, trouble: Trouble, why: Callable[[Judged], str]) -> Iterator[Observation]:
    unread = cut.once(_unread) if trouble is Trouble.BAD else frozenset()
    tags = frozenset(map(key_tag, signing_of(cut).keys))
    troubled = [
        judged
        for judged in signing_of(cut).troubled(trouble)
        if judged.reply.address not in unread or any(one.key_tag in tags for one in judged.data.signatures)
    ]
    if troubled and trouble is not wrong_time(cut.evidence):
        yield from _faults_of(cut, troubled, why)


def _unread(cut: Cut) -> frozenset[str]:
    """The addresses that gave no keys when they were asked for them: what signs their data is not known."""
    asked = {reply.address for reply in cut.probe(Probe.DNSKEY)}
    return frozenset(asked - signing_of(cut).key_replies.keys())


def _faults_of(cut: Cut, found: list[Judged], why: Callable[[Judged], str]) -> Iterator[Observation]:
    """One observation for the zone if all its servers are alike, else one for each server.

    Where a limit kept some from being asked, these may be sound.
    """
    replies = [judged.reply for judged in found]
    steps = steps_of(replies)
    judged_of_steps = [judged for judged in signing_of(cut).judged if judged.reply.step.id in steps]
    asked = [judged.reply for judged in judged_of_steps]
    everywhere = by_server(replies).keys() >= by_server(asked).keys()
    sound = _sound_elsewhere(found, judged_of_steps)
    unasked = left_open(cut, asked)
    alike = everywhere and bool(found) and not sound and not unasked
    servers: list[Name | None] = [None] if alike else list(by_server(replies))
    for server in servers:
        here = [judged for judged in found if server in (None, judged.reply.server)]
        whats = list(dict.fromkeys(judged.what for judged in here))
        more = f" (and {counted(len(whats) - 1, 'more RRset')})" if len(whats) > 1 else ""
        few = is_minor(cut, (judged.reply for judged in here), asked)
        yield Observation(
            f"{whats[0]}{more}{why(here[0])}, on {where(judged.reply for judged in here)}",
            steps_of(judged.reply for judged in here),
            server=server,
            cure=_cure_if_unsure(cut, server, unasked) or _cure(cut, server, here, sound),
            level=Level.WARNING if few else None,
            remedy=in_zone(cut.zone, servers=by_server(judged.reply for judged in here)),
        )


def _cure_if_unsure(cut: Cut, server: Name | None, unasked: list[Name]) -> str:
    """What to do about faulty signatures where some servers were not asked; empty if all were."""
    if server is None or not unasked:
        return ""
    zone, on, others = zone_text(cut.zone), plain(server), listed(unasked)
    return f"if {others} can do better, load {zone} on {on} as it is there; if not, sign {zone} again"


def _cure(cut: Cut, server: Name | None, here: list[Judged], sound: dict[str, set[int]]) -> str:
    """What to do about faulty signatures: where other servers have sound ones, theirs will do.

    They have those of this server if the same keys made them.
    """
    zone, again = zone_text(cut.zone), _again(cut, here)
    if server is None and not any(judged.data.signatures for judged in signing_of(cut).judged):
        sign = f"if {zone} is not signed, sign it, and load it on all its servers"
        return f"{sign}; if it is, make them return signatures to queries with the DO flag"
    if server is None:
        return f"{again}, and load it on all its servers"
    if not all(_signers(judged) <= sound.get(judged.what, set()) and judged.what in sound for judged in here):
        return f"{again}, and load it on {plain(server)}"
    copy = f"load {zone} on {plain(server)} as its other servers have it"
    if server in (newest := regressed(cut)):  # the others have an older version
        copy = f"{again}, and load it on {plain(server)}"
    elif newest:
        fine = {each.reply.server for each in signing_of(cut).judged if each.reply.address in validating(cut)}
        have = "has" if len(fine) == 1 else "have"
        copy = f"load {zone} on {plain(server)} as {listed(sorted(fine))} {have} it"
    if any(judged.trouble is not Trouble.MISSING for judged in here):
        return copy
    return f"{copy}, and make it return signatures to queries with the DO flag"


def _again(cut: Cut, here: list[Judged]) -> str:
    """To sign a zone again: by a right clock if signatures are early, if need be where they are valid."""
    zone, trouble = zone_text(cut.zone), here[0].trouble
    if trouble is Trouble.EARLY:
        return f"correct the clock of the machine that signs {zone}, then sign it again"
    if trouble is None:
        return f"check whether {zone} is still being signed; if not, sign it again"
    return f"sign {zone} again"


def _sound_elsewhere(found: Iterable[Judged], judged: Iterable[Judged]) -> dict[str, set[int]]:
    """The RRsets with a fault at one server that have none at another, with the tags of the keys there."""
    faulty = {(each.what, each.reply.server) for each in found}
    whats = {what for what, _ in faulty}
    sound: dict[str, set[int]] = {}
    for each in judged:
        if each.what in whats and (each.what, each.reply.server) not in faulty:
            sound.setdefault(each.what, set()).update(_signers(each))
    return sound


def _signers(judged: Judged) -> set[int]:
    """The tags of the keys that an RRset is signed with."""
    return {rrsig.key_tag for rrsig in judged.data.signatures}


def _used(judged: Judged) -> SignatureEvidence:
    """The signature that holds."""
    return next(one for one in judged.checked.signatures if one.valid)


def _expires(judged: Judged) -> bool:
    used = _used(judged)
    life, left = ahead(used.expiration, used.inception), used.left
    return left * _SHARE < life or (left < _SHORT and life >= _LONG_LIVED)
