"""Copies of a zone on servers of the zone above that are signed unlike those on the zone's own servers."""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.checks.readings.agreement import conflict
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import server_names
from dnstrace.checks.readings.replies import HeardReply, is_led_to, replies_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.readings.statements import heard_below
from dnstrace.dnssec.algorithms import ds_usable, key_tag
from dnstrace.dnssec.records import RRSIG
from dnstrace.model import Name
from dnstrace.model.naming import zone_text

Tags = frozenset[tuple[int, int]]


def signed_apart(child: Cut | None, reply: HeardReply, theirs: Iterable[HeardReply]) -> bool:
    """Whether a reply from a copy of a zone is signed unlike all of the zone's own servers' replies.

    It counts only where the zone has to be signed: where its DS records are of a kind that validators use.
    """
    if child is None or not any(map(ds_usable, signing_of(child).ds)):
        return False
    theirs = list(theirs)
    mine, others = keys_used(reply, child.zone), [keys_used(each, child.zone) for each in theirs]
    addresses = {each.address for each in theirs}
    having = (keys for at, (_, keys) in signing_of(child).key_replies.items() if at in addresses)
    known = {(key_tag(key), int(key.algorithm)) for keys in having for key in keys}
    return all(bool(mine) is not bool(each) or (mine and mine.isdisjoint(each | known)) for each in others)


def agrees_with_own(cut: Cut, reply: HeardReply, below: Name) -> bool:
    """Whether a reply from a zone below is as those of that zone's own servers, which were asked the same."""
    theirs = heard_below(cut, reply, below)
    conflicting = any(conflict(reply, each) for each in theirs)
    return bool(theirs) and not conflicting and not signed_apart(cut.evidence.cut(below), reply, theirs)


def how_signed(cut: Cut, below: Name, replies: Iterable[HeardReply]) -> str:
    """How replies from copies of a zone below are signed unlike its own servers' replies, for a sentence."""
    child = cut.evidence.cut(below)
    said = [(reply, heard_below(cut, reply, below)) for reply in replies]
    apart = [reply for reply, theirs in said if signed_apart(child, reply, theirs)]
    if not apart:
        return ""
    zone, servers = zone_text(below), server_names(apart)
    if not keys_used(apart[0], below):
        return f"; {zone} is signed, but not on {servers}"
    if not any(keys_used(each, below) for _, theirs in said for each in theirs):
        return f"; {zone} is signed on {servers}, but not on its own servers"
    return f"; {zone} is signed with other keys on {servers} than on its own servers"


def keys_used(reply: HeardReply, zone: Name) -> Tags:
    """The keys of a zone with which the data in a reply is signed, by tag and algorithm."""
    message = reply.message
    sections = () if message is None else (*message.answer, *message.authority)
    found = (rdata for rrset in sections for rdata in rrset if isinstance(rdata, RRSIG))
    return frozenset((int(each.key_tag), int(each.algorithm)) for each in found if each.signer == zone)


def signed_above(cut: Cut) -> list[HeardReply]:
    """The signed replies of servers of the zone above that have a copy of this zone.

    The referrals of the others lead elsewhere, and not to them: they are not among the zone's servers.
    """
    led = [found for reply in cut.referrals if (found := reply.meaning.delegation) is not None]
    return [
        reply
        for step in {id(reply.step): reply.step for reply in cut.referrals}.values()
        for reply in replies_of(step)
        if reply.meaning.delegation is None
        and reply.meaning.authoritative
        and keys_used(reply, cut.zone)
        and not any(is_led_to(reply, each) for each in led)
    ]
