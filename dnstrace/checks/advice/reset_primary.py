"""What to do where the primary server of a zone has an older version than its secondaries."""

from __future__ import annotations

from dnstrace.checks.advice.remedies import in_zone
from dnstrace.checks.advice.versions import if_meant, lacking_in, lost_from, not_signed, worse_than_others
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, server_names
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.model import Name
from dnstrace.model.findings import Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.serial import newest_of
from dnstrace.model.structs import replace


def behind_secondaries(
    cut: Cut, primary: Name, by_serial: dict[int, list[HeardReply]], found: Observation
) -> Observation:
    """The observation that the serial of the primary went back, so that no secondary copies from it.

    Whichever version is kept, it has to validate and to have the data asked for.
    """
    own = next(serial for serial, each in by_serial.items() if primary in by_server(each))
    newest = newest_of(list(by_serial))
    unsound, lost = cut.once(worse_than_others, newest), lost_from(cut, newest)
    zone, name, there = zone_text(cut.zone), plain(primary), server_names(by_serial[newest])
    again = f"transfer {zone} to it again"
    if unsound:
        again = f"fix the signing of {zone} on {listed(unsound)} first, and leave {name} as it is until then"
    sign = f"fix the signing of {zone} there first, " if cut.once(worse_than_others, own) else ""
    data = f"{lacking_in('newer', lost)}{lacking_in('older', lost_from(cut, own))}"
    return replace(
        found,
        message=f"{name}, which the SOA records of {zone} name as the primary server, has serial {own}, which"
        f" is older than serial {newest} on {there}{not_signed(unsound)}: no secondary copies an older"
        f" version{data}",
        server=primary,
        cure=f"if {name} is the primary, {sign}find out whether its data is current, and raise its serial"
        f" above {newest}; otherwise {if_meant(lost, again, there)}",
        remedy=in_zone(cut.zone, servers=[primary]),
    )
