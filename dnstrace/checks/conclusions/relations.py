"""How one finding may be there because of another: relations between the two, each true or false."""

from __future__ import annotations

from dns.rdatatype import CNAME

from dnstrace.analysis.reached import zone_reached
from dnstrace.analysis.resolvers import compared
from dnstrace.checks.advice.listing import lacking_dot
from dnstrace.checks.advice.pointers import hands_over
from dnstrace.checks.advice.versions import newest, regressed, validating
from dnstrace.checks.readings.agreement import agree
from dnstrace.checks.readings.alias_links import SAFE, given_up, links_of
from dnstrace.checks.readings.evidence import Evidence
from dnstrace.checks.readings.hosts import glue, host_of, literal, named
from dnstrace.checks.readings.mixed_hosts import mixture
from dnstrace.checks.readings.replies import by_server, replies_of
from dnstrace.checks.readings.serials import serials
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import Outcome, Probe
from dnstrace.model.compared import Disagreement
from dnstrace.model.findings import Finding, Remedy
from dnstrace.model.naming import is_below


def of_server(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same server of the same zone."""
    return cause.server is not None and (cause.zone, cause.server) == (effect.zone, effect.server)


def of_zone(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and not about two different servers."""
    return (
        cause.zone is not None
        and cause.zone == effect.zone
        and (None in (cause.server, effect.server) or cause.server == effect.server)
    )


def of_former_list(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Only servers with an old version of the zone list the server in question: the newest dropped it."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    if cut is None or (latest := newest(cut)) is None or regressed(cut):
        return False
    steps, known = (evidence.trace.steps[number - 1] for number in effect.steps), serials(cut)
    names = {effect.server} if effect.server is not None else {step.question.name for step in steps}
    above = {server.name for server in cut.delegation.servers} if cut.delegation is not None else set()
    listing = [reply for name in names & cut.child.keys() for reply in cut.child[name]]
    old = all(known.get(reply.address, latest) != latest for reply in listing)
    return bool(listing) and not names & above and old


def of_former_chain(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Only servers with an old version of the zone give up on aliases: in the newest they are few."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    if cut is None or (latest := newest(cut)) is None or regressed(cut) or len(links_of(evidence)) > SAFE:
        return False
    shown = (reply for number in effect.steps for reply in replies_of(evidence.trace.steps[number - 1]))
    vain = {reply.address for reply in shown if given_up(reply)}
    known = serials(cut)
    return bool(vain) and all(known.get(address, latest) != latest for address in vain)


def of_added_name(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Data that was added to a signed zone, at whose name BIND cannot deny the types that are not there."""
    steps = evidence.trace.steps
    failing = {steps[number - 1].question.name for number in effect.steps} - {cause.zone}
    unsigned = {steps[number - 1].question.name for number in cause.steps}
    return of_zone(evidence, cause, effect) and bool(failing) and failing <= unsigned


def of_its_names(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and the effect about no other names than the cause."""
    names = [{evidence.trace.steps[number - 1].question.name for number in f.steps} for f in (cause, effect)]
    return of_zone(evidence, cause, effect) and names[1] <= names[0]


def of_odd_copies(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The effect is about the same names, and only the servers to repair differ: all others agree."""
    if cause.remedy is None or not of_its_names(evidence, cause, effect):
        return False
    steps = (evidence.trace.steps[number - 1] for number in effect.steps)
    heard = (reply for step in steps for reply in replies_of(step) if reply.meaning.usable)
    others = [reply for reply in heard if reply.server not in cause.remedy.servers]
    return bool(others) and agree(others)


def of_one_host(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The parent lists several hosts, each with a zone of its own, and not all of these have the aliases."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    if cut is None:
        return False
    shown = (reply for number in effect.steps for reply in replies_of(evidence.trace.steps[number - 1]))
    having = {r.server for r in shown if any(each.rdtype == CNAME for each in r.meaning.answer)}
    return any(having.isdisjoint(by_server(replies)) for replies in mixture(cut).values())


def below_apex(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and the effect is about no data of its apex."""
    names = {evidence.trace.steps[number - 1].question.name for number in effect.steps}
    return of_zone(evidence, cause, effect) and effect.zone not in names


def of_delegation(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The effect is about the parent of the cause's zone, and the same replies show both."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cut is not None and cut.parent == effect.zone and not {*cause.steps}.isdisjoint(effect.steps)


def of_outdated_glue(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """All glue for the server is out of date, so that another machine is asked."""
    return cause.is_error and of_server(evidence, cause, effect)


def of_glue_above(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The server is asked for a zone below too, at the glue that is out of date in the zone above."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    server = cause.server
    if cut is None or not cause.is_error or effect.zone is None or server is None or server != effect.server:
        return False
    steps = (evidence.trace.steps[number - 1] for number in effect.steps)
    asked = {a.address for step in steps for a in step.attempts if a.server == server}
    outdated = {*glue(cut).get(server, ())}
    return is_below(effect.zone, cut.zone) and bool(asked) and asked <= outdated


def moved(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The DS records are for the keys of the servers that the zone itself lists, as far as these serve it."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    if cut is None or cause.remedy is None or not cause.remedy.change:
        return False
    above = {server.name for server in cut.delegation.servers} if cut.delegation is not None else set()
    at = {reply.address: reply.server for reply in cut.probe(Probe.SOA)}
    serving, sound = ({at[a] for a in each & at.keys()} for each in (cut.serving, validating(cut)))
    listed_below = cut.child.keys() & serving
    return bool(listed_below) and listed_below <= sound and not sound & (above - cut.child.keys())


def left_behind(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The zone itself no longer lists the server, as far as it was asked."""
    if cause.zone is None or effect.server is None or cause.zone != effect.zone:
        return False
    cut = evidence.cut(cause.zone)
    return cut is not None and bool(cut.child) and effect.server not in cut.child


def of_absent(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The server's name has no address in its own zone either: there is none to give as glue."""
    cut = None if effect.zone is None else evidence.cut(effect.zone)
    if cut is None or effect.server is None or not of_zone(evidence, cause, effect):
        return False
    return host_of(cut, effect.server).absent


def of_unasked(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and for want of the cause's glue nobody could ask for the address."""
    return of_zone(evidence, cause, effect) and not of_absent(evidence, effect, cause)


def of_mistyped(evidence: Evidence, _: Finding, effect: Finding) -> bool:
    """The name of the server, or those of all servers of the zone, lack the final dot, or are addresses."""
    cut = None if effect.zone is None else evidence.cut(effect.zone)
    names = () if cut is None else named(cut) if effect.server is None else [effect.server]
    return (
        cut is not None
        and bool(names)
        and all(lacking_dot(cut, name) or literal(cut, name) for name in names)
    )


def of_one_fix(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """One and the same change to the data of the zone or its parent fixes both."""
    return cause.zone == effect.zone and cause.remedy is not None and cause.remedy == effect.remedy


def of_unsound(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """No copy of the zone validates, not even with the keys that DS records name: signing comes first."""
    cut = None if cause.zone is None or cause.zone != effect.zone else evidence.cut(cause.zone)
    return cut is not None and cause.is_error and bool(signing_of(cut).entries) and not validating(cut)


def of_versions(_: Evidence, cause: Finding, effect: Finding) -> bool:
    """Once it is known which servers have the current version of the zone, they alone are listed."""
    zone = cause.zone
    return zone is not None and zone == effect.zone and cause.remedy == Remedy(cause.blame, zone)


def without_keys(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and no server of it was heard to give its keys."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cause.is_error and of_zone(evidence, cause, effect) and not (cut and signing_of(cut).key_replies)


def unserved(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """Both are about the same zone, and none of its servers gives a usable answer."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    return cause.is_error and of_zone(evidence, cause, effect) and not (cut and cut.serving)


def of_left_over(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """No server of the zone serves it, and those that refer to it are behind, or no more than others."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    if cut is None or cause.remedy is None or not cause.is_error or cause.zone != effect.zone or cut.serving:
        return False
    referring, blamed = {reply.server for reply in cut.referrals}, set(cause.remedy.servers)
    return bool(blamed & referring) and len(referring) <= len(blamed - referring or referring)


def of_removed_cut(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """All servers that refer to the zone are behind: the current version of its parent has no such zone."""
    cut = None if cause.zone is None else evidence.cut(cause.zone)
    if cut is None or cause.remedy is None or not cause.is_error or cause.zone != effect.zone:
        return False
    return {reply.server for reply in cut.referrals} == {*cause.remedy.servers}


def at_the_end(evidence: Evidence, cause: Finding, _: Finding) -> bool:
    """The cause is an error in the zone where the trace failed."""
    trace = evidence.trace
    return cause.is_error and trace.outcome is Outcome.FAILED and cause.zone == zone_reached(trace)


def of_handed_over(evidence: Evidence, _: Finding, effect: Finding) -> bool:
    """The effect is an alias in a reverse zone, for the user of a network: the provider leaves it there."""
    steps = [evidence.trace.steps[number - 1] for number in effect.steps]
    return bool(steps) and hands_over(steps[-1], steps[0].question.name)


def where_it_ends(evidence: Evidence, cause: Finding, _: Finding) -> bool:
    """The cause is an error in the zone that the trace reached last."""
    return cause.is_error and cause.zone == zone_reached(evidence.trace)


def of_resolver(evidence: Evidence, cause: Finding, effect: Finding) -> bool:
    """The cause is an error, and the resolver does not refuse by itself: that is its own policy."""
    refusing = {each.step.id for each in compared(evidence.trace) if each.difference is Disagreement.REFUSES}
    return cause.is_error and refusing.isdisjoint(effect.steps)
