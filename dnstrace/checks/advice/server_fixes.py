"""What each server of a zone does wrong, with what to do about it: repair it, or list it no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dnstrace.checks.advice.glue_fixes import (
    glue_changed,
    glue_fixed,
    is_left_behind,
    outdated,
    registering,
    removed_at_parent,
    staying,
)
from dnstrace.checks.advice.listing import known_addresses
from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.advice.versions import untrusted
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.hosts import glue, host_of
from dnstrace.checks.readings.phrases import addresses, listed, parent_text, question_text
from dnstrace.checks.readings.replies import HeardReply, by_server, steps_of
from dnstrace.model.findings import Blame, Fix, Level, Observation
from dnstrace.model.naming import plain, zone_text


def is_minor(cut: Cut, sick: Iterable[HeardReply], asked: Iterable[HeardReply] | None = None) -> bool:
    """Whether less than half of the addresses asked are at fault, in a zone above the one in question."""
    faulty = {reply.address for reply in sick}
    every = {reply.address for reply in (cut.everyone if asked is None else asked)}
    return not cut.probed and 2 * len(faulty) < len(every)


def each_server(
    cut: Cut,
    sick: list[HeardReply],
    does: Callable[[list[HeardReply]], str],
    repair: Callable[[list[HeardReply]], str],
    stays: bool = False,
) -> Iterator[Observation]:
    """What each server does: in a zone above the one asked about it matters only if half of them do it.

    `repair` says what to do at the server; unless it `stays`, it may be removed instead.
    """
    minor = is_minor(cut, sick)
    for server, replies in by_server(sick).items():
        yield Observation(
            message=f"{plain(server)} {does(replies)}",
            steps=steps_of(replies),
            server=server,
            level=Level.WARNING if minor else None,
            **_fix(cut, replies, repair(replies), stays),
        )


def _fix(cut: Cut, replies: list[HeardReply], repair: str, stays: bool) -> Fix:
    """The fix for a server; at the registrar if only the parent lists it, or an old address of it."""
    server, zone = replies[0].server, zone_text(cut.zone)
    by_parent = () if cut.delegation is None else tuple(each.name for each in cut.delegation.servers)
    if fresh := outdated(cut, server, [reply.address for reply in replies]):
        cure = f"change the glue for {plain(server)} to {listed(fresh)}"
        remedy = glue_changed(cut, server, fresh)
        return {
            "cure": cure,
            "remedy": remedy,
            "records": remedy.change,
            "blame": Blame.REGISTRAR,
            "operator": registering(cut, server),
        }
    if is_left_behind(cut, server):
        return _of(removed_at_parent(cut, Observation("", (), server)))
    sick, host = {reply.address for reply in replies}, host_of(cut, server)
    glued = set(glue(cut).get(server, ()))
    if sick <= set(host.addresses) - glued and glued & cut.serving:
        return _of(glue_fixed(cut, host, Observation("", (), server)))
    if not (stays or cut.serving) and server in by_parent:
        return {"cure": f"{repair}; or, {_if_moved(cut, replies)}", "remedy": at_servers(server)}
    if stays or not cut.probed or len(by_parent) < 2:
        return {"cure": repair, "remedy": at_servers(server)}
    others = [text for text in known_addresses(cut, server) if text in cut.serving - sick]
    if others and glued and glued <= sick:  # without any glue, nobody would find it
        both = f"in its zone and in the glue in {parent_text(cut)}"
        return {
            "cure": f"{repair}; or change its addresses to {listed(others)}, {both}",
            "remedy": at_servers(server),
        }
    if others:  # it stays, at these
        where = f"its zone and from the glue in {parent_text(cut)}" if sick & glued else "its zone"
        one = "this address" if len(sick) == 1 else "these addresses"
        return {"cure": f"{repair}; or remove {one} from {where}", "remedy": at_servers(server)}
    if not staying(cut) - {server}:
        working = [name for name in by_parent if cut.serving & set(known_addresses(cut, name))]
        working = [name for name in working if name not in untrusted(cut)]
        if server in by_parent or not working:
            return {"cure": repair, "remedy": at_servers(server)}
        instead = f"list {listed(map(plain, working))} in the NS records of {zone} instead"
        return {"cure": f"{repair}; or {instead}", "remedy": at_servers(server)}
    both = f" and in {parent_text(cut)}" if server in by_parent else ""
    removed = f"remove {plain(server)} from the NS records of {zone} in the zone{both}"
    return {"cure": f"{repair}; or {removed}", "remedy": at_servers(server)}


def _if_moved(cut: Cut, replies: list[HeardReply]) -> str:
    """What else to do where no server of a zone serves it: the zone or the server may be elsewhere now."""
    zone, parent = zone_text(cut.zone), parent_text(cut)
    glued = glue(cut).get(replies[0].server, ())
    if glued and all(reply.message is None and reply.address in glued for reply in replies):
        return f"if its address has changed, correct the glue in {parent}"
    return f"if {zone} has moved, list its present name servers in {parent}"


def _of(found: Observation) -> Fix:
    """The fix of an observation."""
    remedy = found.remedy
    assert remedy is not None
    return {
        "cure": found.cure,
        "remedy": remedy,
        "records": remedy.change,
        "blame": found.blame,
        "operator": found.operator,
    }


def like_resolvers(cut: Cut, replies: list[HeardReply]) -> Iterator[Observation]:
    """What servers do that serve a zone, and answer like a resolver nevertheless."""

    def does(some: list[HeardReply]) -> str:
        asked = listed(dict.fromkeys(question_text(reply.step.question) for reply in some), 3)
        how = f"answers queries for {asked} like a resolver, from its cache, at {addresses(some)}"
        return f"{how}, although it serves {zone_text(cut.zone)}"

    def repair(some: list[HeardReply]) -> str:
        server = plain(some[0].server)
        return f"turn recursion off on {server}, or do not let it answer others from its cache"

    yield from each_server(cut, replies, does, repair, stays=True)


def how_wrong(replies: list[HeardReply]) -> str:
    """In what way replies do not match; where they come from, if that is all."""
    elsewhere = {reply.address: reply.meaning.note for reply in replies if reply.meaning.note}
    if len(elsewhere) < len({reply.address for reply in replies}):
        return f"sends only replies that do not match the query at {addresses(replies)}"
    each = "; ".join(f"asked at {address}, {note}" for address, note in elsewhere.items())
    return f"replies from an address or port other than the one asked, which resolvers ignore: {each}"


def repair_of_wrong(replies: list[HeardReply]) -> str:
    """What to do at a server whose replies do not match."""
    if any(reply.meaning.note for reply in replies):
        return (
            f"make {plain(replies[0].server)} reply from the address that is asked: let it listen on each of"
            " its addresses, and check the NAT or load balancer in front of it"
        )
    return (
        f"make {plain(replies[0].server)}, or the NAT or load balancer in front of it, reply from the"
        " address, and with the ID and question, of the query"
    )
