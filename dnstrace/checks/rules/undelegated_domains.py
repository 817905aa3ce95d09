"""The rule on domains that their registry's zone does not delegate."""

from __future__ import annotations

from collections.abc import Iterator

from dnstrace.analysis.reached import last_step
from dnstrace.checks.advice.registries import registered
from dnstrace.checks.catalogue import of_trace
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.dnssec.compact import is_absent
from dnstrace.model.findings import Blame, Level, Observation, Remedy
from dnstrace.model.naming import is_below, plain, zone_text


@of_trace(Level.NOTICE, Blame.REGISTRAR)
def domain_not_delegated(evidence: Evidence) -> Iterator[Observation]:
    """The registry's zone has no delegation of the domain.

    What it is: the name does not exist because the domain that it is in does not: the servers of the zone
    above, which is a registry's, answer NXDOMAIN. Either nobody has registered the domain, or its registry or
    registrar keeps it out of the zone: it has expired, is on hold, or has no name servers.

    Why it matters: no name in the domain exists for anybody, whatever the servers of the domain have.

    How to fix it: if the domain should exist, look up its status at its registrar (or by RDAP): renew it if
    it has expired (`redemptionPeriod`), resolve what it is on hold for (`serverHold`, `clientHold`), and
    enter its name servers if there are none (`inactive`). If there is no such domain, register it.

    References: RFC 5731 section 2.3; RFC 3915 section 3.1; RFC 1034 section 4.3.2
    """
    step = last_step(evidence.trace)
    if (
        step is None
        or not is_absent(step)
        or not evidence.trace.question.name.is_subdomain(step.question.name)
    ):
        return
    domain = registered(step.question.name)
    zone = step.zone if step.meaning is None else step.meaning.zone or step.zone
    if domain is not None and is_below(domain, zone):
        yield Observation(
            f"{zone_text(zone)} has no delegation of {plain(domain)}: it is not registered, or is kept out of"
            " the zone",
            (step.id,),
            zone=domain,
            cure=f"if {plain(domain)} should exist, find out from its registrar whether it has expired, is on"
            " hold, or has no name servers; if it has no registrar, register it",
            remedy=Remedy(Blame.REGISTRAR),
        )
