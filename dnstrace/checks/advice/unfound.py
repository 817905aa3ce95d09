"""Why the name of a name server has no address, and what makes it resolve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dnstrace.checks.advice.registries import registered
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import Host
from dnstrace.checks.readings.phrases import listed
from dnstrace.dnssec.compact import is_absent
from dnstrace.model import ROOT, Name
from dnstrace.model.naming import zone_text


class Reason(NamedTuple):
    """Why names have no address, said of one name and of several."""

    one: str
    many: str


_ABSENT = Reason(
    "is listed as a name server, but does not exist", "are listed as name servers, but do not exist"
)
_EMPTY = Reason(
    "is listed as a name server, but has no A or AAAA record",
    "are listed as name servers, but have no A or AAAA records",
)
NO_TOP = Reason(
    "is listed as a name server, but its top-level domain does not exist",
    "are listed as name servers, but their top-level domains do not exist",
)
_ROOT_ITSELF = Reason(
    "is listed as a name server, but is the root's own name: no server can have it",
    "are listed as name servers, but are the root's own name: no server can have it",
)
ELSEWHERE = Reason(
    "is listed as a name server, but has only an address where nothing serves the zone",
    "are listed as name servers, but have only addresses where nothing serves the zone",
)
"""Said of names that a wildcard gives an address."""
_TOP = 2  # labels of a top-level domain, with the root's


def reason(cut: Cut, host: Host) -> Reason | None:
    """Why a name has no address; None where it has one, or nobody knows."""
    if host.addresses or host.alias:
        return None
    if host.name == ROOT:
        return _ROOT_ITSELF
    if (domain := unregistered(cut, host)) is not None:
        return NO_TOP if len(domain) <= _TOP else _for_sale(cut)
    if host.nxdomain:
        return _ABSENT
    if host.absent:
        return _EMPTY
    if host.failed:
        where = f"cannot be looked up: {host.failed[-1].note}"
        return Reason(where, where)
    return None


def _for_sale(cut: Cut) -> Reason:
    """Said of names in domains that anybody can register."""
    takes = f"can answer for {zone_text(cut.zone)}"
    return Reason(
        "is listed as a name server, but is in a domain that is not registered: whoever registers it"
        f" {takes}",
        "are listed as name servers, but are in domains that are not registered: whoever registers one of"
        f" them {takes}",
    )


def unregistered(cut: Cut, host: Host) -> Name | None:
    """The domain that the name of a host is in, if the zone above it says that there is no such domain.

    It is one that anybody can register, or a top-level domain.
    """
    if not host.nxdomain or len(host.name) < 2:
        return None
    denied = [step.zone for step in cut.evidence.lookups.get(host.name, ()) if is_absent(step)]
    if not denied:
        return None
    domain = registered(host.name)
    if domain is not None and all(zone != domain and domain.is_subdomain(zone) for zone in denied):
        return host.name.split(2)[1] if ROOT in denied else domain
    return host.name.split(2)[1] if set(denied) == {ROOT} else None


def fix_of(cut: Cut, group: Sequence[Host]) -> str:
    """What makes names with the same fault resolve; empty if nothing can."""
    if group[0].name == ROOT:
        return ""
    if (failed := group[0].failed) and not group[0].absent:
        return f"get the servers of {zone_text(failed[-1].zone)} to answer"
    domains = dict.fromkeys(domain for host in group if (domain := unregistered(cut, host)) is not None)
    if domains:
        return f"register {listed(domains)}" if len(next(iter(domains))) > _TOP else ""
    return f"publish an address for {listed(host.name for host in group)}"
