"""What to do about addresses of name servers that the parent and the zone give differently."""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.checks.advice.csync import or_by_csync
from dnstrace.checks.advice.registries import registered
from dnstrace.checks.advice.remedies import address_records, at_parent, at_servers, glue_records, in_zone
from dnstrace.checks.readings.delegated_keys import unheard
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import Host, glue, host_of, working, zone_of_host
from dnstrace.checks.readings.phrases import listed, parent_text
from dnstrace.checks.readings.signing import signing_of
from dnstrace.checks.readings.statements import foreign_soa_in
from dnstrace.model import Kind, Name, family_of
from dnstrace.model.addresses import special
from dnstrace.model.findings import Blame, Observation, Remedy
from dnstrace.model.heard import SHOWS_NOTHING
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.structs import replace


def with_glue_fixed(cut: Cut, host: Host, addresses: list[str], found: Observation) -> Observation:
    """The observation with its fix: of the glue if the addresses in the zone work, else of the zone."""
    name, good = plain(host.name), working(cut, host.addresses)
    glued = tuple(text for text in addresses if text in cut.serving)
    if good == host.addresses and (lacking := families_lacking(host, glued)):
        right, publish = (*good, *lacking), f"publish {listed(lacking)} for {name} in its own zone too"
        return _with_zone_fixed(cut, host, right, publish, found)
    if glued == tuple(addresses) and (other := _shared_only_in_zone(cut, host)) is not None:
        instead = f"change the addresses of {name} in its own zone to {listed(glued)}"
        return _with_zone_fixed(
            cut, host, glued, f"{instead}: there it shares one with {plain(other)}", found
        )
    if good == host.addresses or not glued:
        if not good:
            cure = f"make {name} answer at one of these addresses, then publish that in both places"
            return replace(found, cure=cure, remedy=at_servers(host.name), blame=Blame.SERVER_OPERATOR)
        remedy = glue_changed(cut, host.name, good)
        return replace(
            found,
            cure=f"change the glue for {name} to {listed(good)}{or_by_csync(cut, 'A', 'AAAA')}",
            records=remedy.change,
            remedy=remedy,
            blame=Blame.REGISTRAR,
            operator=registering(cut, host.name),
        )
    right = tuple(dict.fromkeys((*good, *glued)))
    well = set(good)
    dead = listed(text for text in host.addresses if text not in well)
    answering = {reply.address for reply in cut.everyone if reply.message is not None}
    if answering.intersection(host.addresses) - well:  # a server is there, of other zones perhaps
        serve = f"have {name} serve {zone_text(cut.zone)} at {dead} too"
        change = f"change the addresses of {name} in its own zone to {listed(right)}"
        cure = f"{serve}; or, if nobody needs a name server there, {change}"
        return replace(found, cure=cure, remedy=at_servers(host.name), blame=Blame.SERVER_OPERATOR)
    cure = f"change the addresses of {name} in its own zone to {listed(right)}, since it does not serve"
    return _with_zone_fixed(cut, host, right, f"{cure} {zone_text(cut.zone)} at {dead}", found)


def glue_changed(cut: Cut, name: Name, addresses: tuple[str, ...]) -> Remedy:
    """The change of the glue of a name server to these addresses.

    What it has of another family goes too if it was seen not to serve the zone, or cannot.
    """
    families = {family_of(text) for text in addresses}
    asked = (reply for reply in cut.everyone if reply.meaning.kind not in SHOWS_NOTHING)
    dead = {reply.address for reply in asked} - cut.serving
    others = (text for text in glue(cut).get(name, ()) if family_of(text) not in families)
    gone = tuple(text for text in others if text in dead or special(text))
    change, remove = (glue_records(cut, name, texts) for texts in (addresses, gone))
    return at_parent(cut, change=change, remove=remove)


def _with_zone_fixed(
    cut: Cut, host: Host, right: tuple[str, ...], cure: str, found: Observation
) -> Observation:
    """The observation with the fix that a host gets other addresses in its own zone."""
    records = address_records(host.name, right)
    remedy = in_zone(zone_of_host(cut, host), change=records)
    return replace(found, cure=cure, records=records, remedy=remedy, blame=Blame.SERVER_OPERATOR)


def registering(cut: Cut, name: Name) -> Name | None:
    """The domain at whose registrar the addresses of a name server are registered.

    None if that is the zone itself. Its registrar cannot change those of a server in another domain.
    """
    return None if name.is_subdomain(cut.zone) else registered(name)


def _shared_only_in_zone(cut: Cut, host: Host) -> Name | None:
    """Another name server with an address of this host in their own zone, though their glue is distinct."""
    others = [name for name in glue(cut) if name != host.name]
    glued, own = set(glue(cut).get(host.name, ())), set(host.addresses)
    if any(glued & set(glue(cut)[name]) for name in others):
        return None
    return next((name for name in others if own & set(host_of(cut, name).addresses)), None)


def families_lacking(host: Host, glued: Iterable[str]) -> tuple[str, ...]:
    """The glue that serves the zone, of the families of which the host's own zone has no address."""
    own = {family_of(text) for text in host.addresses}
    return tuple(text for text in glued if family_of(text) not in own)


def glue_fixed(cut: Cut, host: Host, found: Observation) -> Observation:
    """The observation with the fix of what the parent and the zone say about the addresses of a host."""
    return with_glue_fixed(cut, host, glue(cut).get(host.name, []), found)


def is_left_behind(cut: Cut, name: Name) -> bool:
    """Whether only the parent lists a name server, and one that both list answers for the zone."""
    return name in _above(cut) and bool(cut.child) and name not in cut.child and bool(staying(cut))


def staying(cut: Cut) -> frozenset[Name]:
    """The name servers that answer for the zone, with authority, and that the parent and the zone both list.

    They are left if every other is removed. Nothing may be removed without one, nor while a server that was
    not heard may have the key of the DS records.
    """
    return cut.once(_staying)


def _staying(cut: Cut) -> frozenset[Name]:
    if signing_of(cut).ds and not signing_of(cut).entries and unheard(cut):
        return frozenset()
    good = (r for r in cut.everyone if r.address in cut.serving and foreign_soa_in(r) is None)
    names = {r.server for r in good if r.meaning.authoritative or r.meaning.kind is Kind.REFERRAL}
    lists = [names for names in (_above(cut), set(cut.child)) if names]
    return frozenset(names.intersection(*lists))


def _above(cut: Cut) -> set[Name]:
    """The name servers that the parent lists."""
    return set() if cut.delegation is None else {server.name for server in cut.delegation.servers}


def removed_at_parent(cut: Cut, found: Observation) -> Observation:
    """The observation with the fix that the parent lists its name server no longer."""
    assert found.server is not None
    listing = f"the NS records of {zone_text(cut.zone)} in {parent_text(cut)}"
    return replace(
        found,
        cure=f"remove {plain(found.server)} from {listing}",
        records=(),
        remedy=at_parent(cut, remove=[f"{cut.zone} 3600 IN NS {found.server}"]),
        blame=Blame.REGISTRAR,
    )


def outdated(cut: Cut, name: Name, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses to register instead, if these are old glue and the new ones serve the zone."""
    host = host_of(cut, name)
    old = set(glue(cut).get(name, ())) - set(host.addresses)
    fresh = tuple(text for text in host.addresses if text in cut.serving)
    return fresh if fresh == host.addresses and old >= set(addresses) else ()
