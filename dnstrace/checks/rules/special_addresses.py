"""The rule on name servers at addresses that are not for the public."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dnstrace.checks.advice.glue_fixes import glue_changed, registering
from dnstrace.checks.advice.listing import ns_records, sorted_out
from dnstrace.checks.advice.remedies import at_parent, in_zone
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import Host, glue, host_of, named, naming_steps, walked_addresses, working
from dnstrace.checks.readings.phrases import listed
from dnstrace.model.addresses import special, why_unasked
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace


@of_cut(Level.ERROR, Blame.SERVER_OPERATOR, also=(Level.WARNING,))
def ns_address_special(cut: Cut) -> Iterator[Observation]:
    """A name server has an address that cannot be reached from the Internet.

    What it is: an address of a name server is private, loopback, link-local, multicast or otherwise
    reserved (the IANA special-purpose address registries). If the walk itself starts at such an address, the
    zones are those of a private network. Then only a zone counts that has no other addresses than those
    that lead to no other machine, such as loopback.

    Why it matters: a resolver that picks this address asks a machine in its own network, or none at all.
    It waits in vain, or gets the answer of a stranger.

    How to fix it: publish the public address of the server in its own zone and as glue in the parent
    zone, and remove the special address. Serve internal zones from servers that only internal resolvers
    know.

    References: RFC 6890 section 2.2; RFC 1918 section 5; RFC 4193 section 4.4
    """
    private = _is_private(cut)
    if private and cut.all_attempts:
        return
    right = "real" if private else "public"
    where, wrong = ("other machines", why_unasked) if private else ("the Internet", special)
    walked = walked_addresses(cut)
    every = {name: (*walked.get(name, ()), *host_of(cut, name).addresses) for name in named(cut)}
    useful = {name for name, found in every.items() if not found or not all(map(wrong, found))}
    for name, addresses in every.items():
        host = host_of(cut, name)
        if found := {text: what for text in addresses if (what := wrong(text))}:
            each = listed(f"{text} ({what})" for text, what in found.items())
            observed = Observation(
                message=f"{plain(name)} has {_addresses_noun(found)} that cannot be reached from"
                f" {where}: {each}",
                steps=(*naming_steps(cut), *host.steps),
                server=name,
                cure=f"publish the {right} address of {plain(name)} instead of {listed(found)}",
                level=Level.WARNING if len(useful) > (name in useful) else Level.ERROR,
                remedy=in_zone(cut.zone),
            )
            if found.keys() <= {*glue(cut).get(name, ())} - {*host.addresses}:
                yield _with_glue_changed(cut, host, observed, right)
            else:
                yield observed if name in useful else _listed_by_zone_alone(cut, observed)


def _with_glue_changed(cut: Cut, host: Host, found: Observation, right: str) -> Observation:
    """The observation with its fix at the parent: the zone itself is not known to have a special address."""
    good = working(cut, host.addresses)
    remedy = glue_changed(cut, host.name, good) if good else at_parent(cut)
    return replace(
        found,
        cure=f"change the glue for {plain(host.name)} to {listed(good) if good else f'its {right} address'}",
        records=remedy.change,
        remedy=remedy,
        blame=Blame.REGISTRAR,
        operator=registering(cut, host.name),
    )


def _listed_by_zone_alone(cut: Cut, found: Observation) -> Observation:
    """The observation with the fix that the zone lists the servers of its parent, if those serve it.

    A server of its own choice at a private address is hardly meant for the public.
    """
    name, zone = found.server, zone_text(cut.zone)
    above = () if cut.delegation is None else tuple(server.name for server in cut.delegation.servers)
    right = sorted_out(cut, above).good
    if name is None or name in above or not right:
        return found
    add = ns_records(cut, right)
    instead = f"list {listed(right)} instead of {plain(name)} in the NS records of {zone} in the zone"
    return replace(
        found,
        cure=f"{instead}; or, if it serves {zone} to the public, {found.cure}",
        records=add,
        remedy=in_zone(cut.zone, add=add, remove=ns_records(cut, [name])),
        blame=Blame.HOST,
    )


def _addresses_noun(found: Collection[str]) -> str:
    return "an address" if len(found) == 1 else "addresses"


def _is_private(cut: Cut) -> bool:
    """Whether the walk started at a special address: a private tree, where these addresses are right."""
    return cut.summary(_starts_specially)


def _starts_specially(cut: Cut) -> bool:
    steps = cut.evidence.trace.steps
    return bool(steps) and any(special(a.text) for server in steps[0].servers for a in server.addresses)
