"""Which servers of a zone have an older version of it, where they disagree on a delegation in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import dns.rdatatype
from dns.rdtypes.ANY.SOA import SOA

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import server_names
from dnstrace.checks.readings.replies import HeardReply, replies_of
from dnstrace.model import Probe
from dnstrace.model.naming import zone_text
from dnstrace.model.serial import ahead, newest_of
from dnstrace.model.structs import Struct


class Behind(Struct):
    """The replies with an older version of a zone than others, and the serials of both."""

    zone: str
    replies: tuple[HeardReply, ...]
    old: int
    newest: int

    @property
    def text(self) -> str:
        """What the servers have, as a part of a sentence."""
        verb = "has" if len({reply.server for reply in self.replies}) == 1 else "have"
        older = f"version {self.old} of {self.zone}, older than {self.newest}"
        return f"{server_names(self.replies)} {verb} {older}"


class Split(NamedTuple):
    """The servers with an older version, and the replies of those with the current one, which are alike."""

    older: Behind
    current: list[HeardReply]


def old_and_current(above: Cut, groups: Iterable[list[HeardReply]]) -> Split | None:
    """How replies differ, by groups that are alike, if it is only that some servers have an older version."""
    groups = list(groups)
    older = behind(above, [reply for replies in groups for reply in replies])
    if older is None:
        return None
    old = {reply.address for reply in older.replies}
    others = [replies for replies in groups if not {reply.address for reply in replies} <= old]
    if len(others) != 1 or old & {reply.address for reply in others[0]}:
        return None
    return Split(older, others[0])


def behind(above: Cut, among: Iterable[HeardReply]) -> Behind | None:
    """Which servers of a zone have an older version, of those that gave some replies.

    None where that is not known, where all have the same, or where they do not follow one primary. Nor is it
    known of serials that are 2**31 apart: neither is newer (RFC 1982 section 3.2).
    """
    soas = soas_at_cuts(above)
    known = {reply.address: reply for reply in among if reply.address in soas}
    serials = {soas[address].serial for address in known}
    if len({soas[address].mname for address in known}) != 1 or len(serials) < 2:
        return None
    newest = newest_of(serials)
    old = tuple(reply for address, reply in known.items() if ahead(newest, soas[address].serial) > 0)
    if not old:
        return None
    oldest = min((soas[reply.address].serial for reply in old), key=lambda serial: ahead(serial, newest))
    return Behind(zone_text(above.zone), old, oldest, newest)


def soas_at_cuts(above: Cut) -> dict[str, SOA]:
    """The SOA record of the zone at each address that was asked for it since servers disagree on a cut."""
    return above.once(_soas)


def _soas(above: Cut) -> dict[str, SOA]:
    found: dict[str, SOA] = {}
    for step in above.steps:
        if step.probe is Probe.CUT and step.question.name == step.zone == above.zone:
            for reply in replies_of(step):
                rrset = reply.rrset(above.zone, dns.rdatatype.SOA)
                if rrset is not None and isinstance(rrset[0], SOA):
                    found[reply.address] = rrset[0]
    return found
