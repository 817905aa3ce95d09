"""Rules on names that exist and are denied, or that hide a wildcard by existing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dns.rdatatype

from dnstrace.checks.advice.delegating import delegate
from dnstrace.checks.advice.remedies import at_servers, in_zone
from dnstrace.checks.advice.server_fixes import is_minor
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.agreement import POSITIVE
from dnstrace.checks.readings.answering_below import is_of_parent
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed, where
from dnstrace.checks.readings.replies import steps_of
from dnstrace.checks.readings.statements import Statement, Statements, record_list, statements_of
from dnstrace.model import Kind, Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.heard import NEGATIVE
from dnstrace.model.naming import is_below, plain, wildcard_below, zone_text

Shown = tuple[Statement, Statement]
"""A statement that denies a name, and another one of the same address that shows it."""


@of_cut(Level.ERROR, Blame.HOST, also=(Level.WARNING,))
def nxdomain_beside_data(cut: Cut) -> Iterator[Observation]:
    """A server answers NXDOMAIN for a name that has data.

    What it is: to a query for one type the server says that the name does not exist, and to a query for
    another type it returns data of that name, or the name is the apex of the zone. If it returns NODATA for
    another type, which means that the name exists, it is a warning; so is it if only DS is denied, at the
    apex of a zone on the same server. A wildcard that stands for the name
    counts as its data.

    Why it matters: NXDOMAIN denies every type of a name and all names below it. Resolvers keep it, and then
    deny the data that exists: an AAAA query by one user takes the A record from all others.

    How to fix it: make the server answer NODATA (no error, an empty answer, and the SOA record) to queries
    for types that the name does not have. The fault is usually in a load balancer or in software of one's
    own. If only DS is denied, at the apex of a zone on the same server, the zone above lacks its delegation.

    References: RFC 2308 section 2.1; RFC 2308 section 2.2; RFC 8020 section 2; RFC 1034 section 4.3.2
    """
    said = statements_of(cut)
    wrong = [pair for each in said.of_kind((Kind.NXDOMAIN,)) if (pair := _exists(said, each))]
    for (server, _), pairs in _grouped(wrong, lambda pair: pair[0].name).items():
        denied, shown = pairs[0]
        if all(is_of_parent(said, one) for one, _ in pairs):
            yield _undelegated(cut, pairs)
            continue
        types = listed(dict.fromkeys(one.asked_text for one, _ in pairs))
        yield Observation(
            f"{where(one.reply for one, _ in pairs)} says that {plain(denied.name)} does not exist (NXDOMAIN)"
            f" when asked for {types}, but it {_shown_text(said, denied, shown)}",
            _steps(pairs),
            server=server,
            cure=f"make {plain(server)} answer {_apex_records(said, pairs)}NODATA (no error and no data) for"
            f" types that {plain(denied.name)} does not have",
            level=Level.WARNING if shown.kind is Kind.NODATA else _level(cut, wrong),
            remedy=at_servers(server),
        )


def _apex_records(said: Statements, pairs: list[Shown]) -> str:
    """What to answer in addition to NODATA: the records of every zone, where the apex is denied for them."""
    asked = {one.rdtype for one, _ in pairs if one.name == said.zone}
    lacking = [rdtype.name for rdtype in (dns.rdatatype.SOA, dns.rdatatype.NS) if rdtype in asked]
    return f"with the {listed(lacking)} records of {zone_text(said.zone)}, and " if lacking else ""


def _undelegated(cut: Cut, pairs: list[Shown]) -> Observation:
    """The observation that a server denies the DS records of a zone that it serves too.

    Resolvers get there only because the servers of both zones are the same.
    """
    denied = pairs[0][0]
    cure, records, remedy = delegate(cut, denied.name)
    return Observation(
        f"{where(one.reply for one, _ in pairs)} answers from {plain(denied.name)}, but says that it does not"
        f" exist (NXDOMAIN) when asked for DS: {zone_text(cut.zone)} has no delegation of it",
        _steps(pairs),
        server=denied.reply.server,
        cure=cure,
        records=records,
        level=Level.WARNING,
        remedy=remedy,
    )


@of_cut(Level.ERROR, Blame.HOST, also=(Level.WARNING,))
def ent_nxdomain(cut: Cut) -> Iterator[Observation]:
    """A server answers NXDOMAIN for a name that has names below it.

    What it is: the name asked exists, so every name above it exists too, even if it has no data of its
    own (an empty non-terminal). For one of these names the server says that it does not exist. The name
    below may be a delegation, or be named in the NSEC record that comes with the denial.

    Why it matters: NXDOMAIN covers everything below a name. Resolvers that minimise query names (RFC
    9156) ask for the empty name first, and those that follow RFC 8020 then treat the name asked as
    absent: for their users the name is gone.

    How to fix it: the fault is in the server's software: upgrade it, or report the fault to its maker.
    Until then, publish a record, such as TXT, at the empty name.

    References: RFC 8020 section 2; RFC 4592 section 2.2.2; RFC 9156 section 3
    """
    said = statements_of(cut)
    wrong = [
        (each, shown)
        for each in said.of_kind((Kind.NXDOMAIN,))
        if (shown := said.below.get((each.address, each.name)) or _itself(each)) is not None
        and not _has_data(said, each)
        and not _is_past_cut(said, each)
    ]
    for (server, _), pairs in _grouped(wrong, lambda pair: _name_below(pair[1])).items():
        names = dict.fromkeys(one.name for one, _ in pairs)
        shown = pairs[0][1]
        how = "is delegated" if shown.cut is not None else "exists"
        how = "is named in the NSEC record of that reply" if shown.kind is Kind.NXDOMAIN else how
        yield Observation(
            f"{where(one.reply for one, _ in pairs)} says that {listed(names)}"
            f" {'does' if len(names) == 1 else 'do'} not exist (NXDOMAIN), but"
            f" {plain(_name_below(shown))} below {how}",
            _steps(pairs),
            server=server,
            cure=f"make {plain(server)} answer NODATA (no error and no data) for {listed(names)}",
            level=_level(cut, wrong),
            remedy=at_servers(server),
        )


@of_cut(Level.NOTICE, Blame.HOST)
def wildcard_hidden(cut: Cut) -> Iterator[Observation]:
    """A wildcard does not apply to the name asked, because that name exists.

    What it is: the zone has a wildcard with data of the type asked, and the answer is still NODATA or
    NXDOMAIN: the name itself, or a name above it, exists, if only because of a name below it. A wildcard
    stands only for names that do not exist.

    Why it matters: nothing is wrong with the servers, but users may expect the wildcard's data. It often
    appears after a record such as `_443._tcp.www` was added: from then on `www` exists.

    How to fix it: if the name should have the data, add the records at the name itself.

    References: RFC 4592 section 2.2.2; RFC 4592 section 3.3.1; RFC 1034 section 4.3.3
    """
    said = statements_of(cut)
    seen: set[tuple[Name, int]] = set()
    last = max((step.id for step in cut.walked), default=None)
    for each in said.of_kind(NEGATIVE):
        found = _hidden(said, each) if each.reply.step.id == last else None
        if found is None or (each.name, each.rdtype) in seen:
            continue
        seen.add((each.name, each.rdtype))
        wildcard, by = found
        why = "if only because of a name below it"
        yield Observation(
            f"{plain(by)} exists ({why}), so the wildcard {plain(wildcard.name)}, which has"
            f" {record_list(wildcard)}, does not apply to {plain(each.name)}",
            (each.reply.step.id, wildcard.reply.step.id),
            cure=f"add {each.asked_text} records at {plain(each.name)} if it should have them",
            remedy=in_zone(cut.zone),
        )


# --- what they look at -------------------------------------------------------------------------


def _itself(denied: Statement) -> Statement | None:
    """The statement itself if the NSEC record in it names one below the name that it denies."""
    return denied if denied.next_below is not None else None


def _name_below(shown: Statement) -> Name:
    """The name that a statement shows to exist."""
    return shown.cut or (shown.kind is Kind.NXDOMAIN and shown.next_below) or shown.name


def _exists(said: Statements, denied: Statement) -> Shown | None:
    """What the same address shows of a name that it denies: data, or else that it has none of some type."""
    if (shown := _has_data(said, denied)) is not None:
        return shown
    if _is_past_cut(said, denied) or (denied.address, denied.name) in said.below:
        return None
    if (wildcard := _wildcard_for(said, denied)) is not None:
        return denied, wildcard
    bare = said.bare.get((denied.address, denied.name), ())
    return next(((denied, each) for each in bare if not each.is_compact), None)


def _wildcard_for(said: Statements, denied: Statement) -> Statement | None:
    """The wildcard of the same address that should have answered instead: it stands right above the name."""
    above = wildcard_below(denied.name.parent()) if is_below(denied.name, said.zone) else None
    shown = () if above is None else said.data.get((denied.address, above), ())
    return next((each for each in shown if each.name == above != denied.name), None)


def _has_data(said: Statements, denied: Statement) -> Shown | None:
    """What the same address shows of a name that it denies."""
    if is_of_parent(said, denied):
        own = (
            each for each in said.everything if each.zone == denied.name and each.address == denied.address
        )
        return denied, next(own, denied)
    found = said.data.get((denied.address, denied.name))
    if found is not None:
        return denied, found[0]
    if denied.name == said.zone:
        serves = [said.apex.get(denied.address), *said.referrals.get(denied.address, {}).values()]
        return next(((denied, each) for each in serves if each is not None), None)
    referral = said.referrals.get(denied.address, {}).get(denied.name)
    if referral is not None and denied.rdtype == dns.rdatatype.DS and referral.cut not in said.supposed:
        return denied, referral
    return None


def _shown_text(said: Statements, denied: Statement, shown: Statement) -> str:
    if denied.name == said.zone:
        return "is the apex of the zone"
    if shown.cut is not None:
        return "refers to the servers of this name"
    if shown.kind is Kind.NODATA:
        return f"exists when asked for {shown.asked_text} (NODATA)"
    if len(shown.name) > 1 and shown.name.labels[0] == b"*" and shown.name != denied.name:
        return f"has a wildcard for it: {plain(shown.name)} has {record_list(shown)}"
    if shown.kind in POSITIVE and any(rrset.name == shown.name for rrset in shown.data):
        return f"has {record_list(shown)}"
    return "is the apex of the zone"


def _is_past_cut(said: Statements, each: Statement) -> bool:
    """Whether the same address refers to a zone at or above the name."""
    cuts, name = said.referrals.get(each.address, {}), each.name
    while cuts and name not in cuts and is_below(name, said.zone):
        name = name.parent()
    return name in cuts


def _hidden(said: Statements, each: Statement) -> tuple[Statement, Name] | None:
    """A wildcard with data of the type asked that does not apply, and the name that hides it."""
    name = each.name
    if len(name) > 1 and name.labels[0] == b"*":
        return None
    while is_below(name, said.zone):
        above = name.parent()
        if (wildcard := said.wildcards.get((wildcard_below(above), each.rdtype))) is not None:
            return None if name == each.name and each.kind is Kind.NXDOMAIN else (wildcard, name)
        name = above
    return None


def _grouped(wrong: list[Shown], key: Callable[[Shown], Name]) -> dict[tuple[Name, Name], list[Shown]]:
    """What is wrong by server, and by a name: one finding each."""
    found: dict[tuple[Name, Name], list[Shown]] = {}
    for pair in wrong:
        found.setdefault((pair[0].reply.server, key(pair)), []).append(pair)
    return found


def _steps(pairs: list[Shown]) -> tuple[int, ...]:
    return steps_of([*(one.reply for one, _ in pairs), pairs[0][1].reply])


def _level(cut: Cut, wrong: list[Shown]) -> Level | None:
    """A warning where few servers of a zone above the one in question are at fault."""
    return Level.WARNING if is_minor(cut, (one.reply for one, _ in wrong)) else None
