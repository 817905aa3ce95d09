"""Rules on how a server of the zone can be asked, and on what it should not do for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dns.flags
import dns.rcode
import dns.rdatatype

from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.catalogue import Trait, of_cut
from dnstrace.checks.readings.controls import (
    answered_with_edns,
    dropped_with_edns,
    knowing_edns,
    large_lost,
    unsteady,
)
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import UPDATE, addresses, listed, question_text
from dnstrace.checks.readings.rates import limiting
from dnstrace.checks.readings.replies import HeardReply, by_server, rcode_text, steps_of
from dnstrace.checks.readings.signing import signing_of
from dnstrace.model import ROOT, Cause, Edns, Kind, Meaning, Probe
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain
from dnstrace.model.structs import replace

_PASS = "update the name server software of {server}, or the firewall that drops such queries"
_SUPPORT = "update the name server software of {server}, or remove what strips EDNS on the way"
_UPDATE = "update the name server software of {server}, or the device in front of it"


@of_cut(Level.WARNING, Blame.HOST, Trait.BESIDE, also=(Level.ERROR,))
def no_edns(cut: Cut) -> Iterator[Observation]:
    """A name server does not support EDNS.

    What it is: a query with EDNS gets an error, or a reply without the OPT record that EDNS requires.

    Why it matters: without EDNS there are no signatures, and no replies over 512 octets over UDP.
    Resolvers lose a round trip to find out, and some no longer try. It is an error if the parent has DS
    records, since validating resolvers then cannot use the server, and if the reply is an error that does
    not say that EDNS is the reason, such as REFUSED.

    How to fix it: update the name server software, or remove whatever strips EDNS on the way to it.

    References: RFC 6891 section 7; RFC 3225 section 3
    """
    refusing = cut.causes[Cause.NO_EDNS]
    found = [
        r for r in cut.everyone if r.address in cut.serving and (r.address in refusing or _strips_opt(r))
    ]
    level = Level.ERROR if signing_of(cut).ds else None
    unsure = _asked_with_options_only(cut)
    for some, what in (
        (False, ""),
        (True, ", or not with the options that were sent (--cookie and the like),"),
    ):
        those = [reply for reply in found if (reply.address in unsure) is some]
        for each in each_doing(those, f"does not support EDNS{what} at", _SUPPORT):
            yield replace(each, level=level)
    steadily = cut.only_plain.keys() - cut.once(unsteady)
    declining = [reply for reply in cut.replies if reply.address in steadily]
    for server, replies in by_server(declining).items():
        errors = listed(dict.fromkeys(rcode_text(reply) for reply in replies))
        yield Observation(
            f"{plain(server)} answers {errors} to queries with EDNS at {addresses(replies)}, although it"
            " answers those without",
            (*steps_of(replies), *steps_of(cut.only_plain[reply.address] for reply in replies)),
            server=server,
            cure=f"make {plain(server)}, or the device in front of it, answer queries with EDNS",
            level=Level.ERROR,
            remedy=at_servers(server),
        )


@of_cut(Level.ERROR, Blame.HOST, Trait.BESIDE, also=(Level.WARNING,))
def drops_edns(cut: Cut) -> Iterator[Observation]:
    """Queries with EDNS get no reply.

    What it is: a name server, or a firewall in front of it, drops queries that have an OPT record, or those
    for some names and types; without one they are answered.

    Why it matters: resolvers ask with EDNS. They wait in vain before they try without it, and validating
    resolvers fail.

    How to fix it: let EDNS pass the firewall, or update the name server software.

    References: RFC 6891 section 7; RFC 8906 section 3
    """
    passed = answered_with_edns(cut)
    yield from _by_cause(
        cut,
        Cause.DROPS_EDNS,
        "does not reply to queries with EDNS at",
        "let queries with EDNS reach {server}, or update the name server software",
        lambda reply: reply.address not in passed,
    )
    for server, replies in by_server(dropped_with_edns(cut)).items():
        asked = listed(dict.fromkeys(question_text(reply.step.question) for reply in replies), 3)
        yield Observation(
            f"{plain(server)} does not reply to queries with EDNS for {asked} at {addresses(replies)},"
            " although it answers them without EDNS, and others with it",
            steps_of(replies),
            server=server,
            cure=f"make {plain(server)}, or the device in front of it, reply to every query with EDNS",
            level=Level.WARNING if len(replies) == 1 else None,  # it may be chance
            remedy=at_servers(server),
        )


@of_cut(Level.WARNING, Blame.HOST, Trait.BESIDE)
def drops_large_udp(cut: Cut) -> Iterator[Observation]:
    """Large replies do not arrive over UDP.

    What it is: a reply of more than 512 octets is lost on its way, but a smaller one arrives.

    Why it matters: resolvers wait in vain before they ask for less, or ask over TCP.

    How to fix it: let fragments and large datagrams pass, or limit the server to replies of at most 1232
    octets.

    References: RFC 6891 section 6.2.5; RFC 9715 section 3
    """
    yield from _by_cause(
        cut,
        Cause.DROPS_LARGE_UDP,
        "sends replies over 512 octets, which do not arrive, at",
        "let fragments and large datagrams from {server} pass, or limit UDP replies to 1232 octets",
        also=cut.once(large_lost),
    )


@of_cut(Level.NOTICE, Blame.HOST)
def edns_version(cut: Cut) -> Iterator[Observation]:
    """A name server does not reject an unknown EDNS version properly.

    What it is: a query with EDNS version 1 gets something other than BADVERS with an OPT record.

    Why it matters: once a new version of EDNS is in use, resolvers that try it fail here.

    How to fix it: update the name server software, or the firewall that drops such queries.

    References: RFC 6891 section 6.1.3; RFC 8906 section 8.2.2
    """
    found = [reply for reply in knowing_edns(cut, Probe.EDNS_VERSION) if _version_fault(reply)]
    yield from _each_fault(found, _version_fault, "to EDNS version 1 at {}, where BADVERS is required")


@of_cut(Level.WARNING, Blame.HOST)
def edns_option(cut: Cut) -> Iterator[Observation]:
    """A name server does not ignore an unknown EDNS option.

    What it is: a query with an option of an unassigned code gets an error, gets the option back, gets no
    reply, or gets another reply than the same query without the option: one without the answer, without
    authority or without EDNS.

    Why it matters: resolvers send options, such as cookies, that older servers do not know. Servers must
    ignore these; if they do not, resolution fails or is slow.

    How to fix it: update the name server software, or the firewall that drops such queries.

    References: RFC 6891 section 6.1.2; RFC 8906 section 8.2.3
    """
    without = {reply.address: reply.meaning for reply in cut.probe(Probe.SOA)}

    def fault(reply: HeardReply) -> str:
        return _option_fault(reply, without[reply.address])

    found = [reply for reply in knowing_edns(cut, Probe.EDNS_OPTION) if fault(reply)]
    yield from _each_fault(found, fault, "to a query with an unknown EDNS option, at {}")


@of_cut(Level.WARNING, Blame.HOST)
def case_not_kept(cut: Cut) -> Iterator[Observation]:
    """A name server changes the case of the name in the question.

    What it is: upper-case and lower-case letters of the name in the question are changed in the reply.

    Why it matters: some resolvers mix the case of a name to make replies hard to forge, and discard
    replies that do not keep it.

    How to fix it: update the name server software, or whatever changes its replies on the way.

    References: RFC 1034 section 3.1; RFC 4343 section 4.1
    """
    found = [reply for reply in cut.probe(Probe.CASE) if _changes_case(reply)]
    yield from each_doing(
        found,
        "changes the case of the name in the question, at",
        UPDATE,
    )


@of_cut(Level.WARNING, Blame.HOST)
def open_recursion(cut: Cut) -> Iterator[Observation]:
    """A name server resolves any name for anybody.

    What it is: asked for something outside its own zones, with recursion desired, the server returns the
    answer.

    Why it matters: attackers can use it to flood others with replies, and use its cache to observe its
    users or to forge the answers they get.

    How to fix it: turn recursion off on the name server, or allow it for your own network only.

    References: RFC 5358 section 4; BCP 140
    """
    found = [reply for reply in cut.probe(Probe.RECURSION) if _recurses(reply)]
    yield from each_doing(
        found,
        "resolves names outside its own zones for anybody, at",
        "turn recursion off on {server}, or allow it for your own network only",
    )


@of_cut(Level.NOTICE, Blame.HOST)
def open_transfer(cut: Cut) -> Iterator[Observation]:
    """A name server transfers the whole zone to anybody.

    What it is: a zone transfer (AXFR) is not refused.

    Why it matters: anybody can list every name in the zone. For a public zone that may be intended, but
    names of internal hosts are better kept private.

    How to fix it: allow transfers to your secondaries only, by address or, better, by key (TSIG).

    References: RFC 5936 section 5
    """
    found = [r for r in cut.probe(Probe.TRANSFER) if r.rrset(cut.zone, dns.rdatatype.SOA) is not None]
    yield from each_doing(
        found,
        "transfers the whole zone (AXFR) to anybody, at",
        "allow zone transfers from {server} to your secondaries only",
    )


# --- what they have in common ------------------------------------------------------------------


def each_doing(found: list[HeardReply], does: str, cure: str) -> Iterator[Observation]:
    """What each server does, followed by its addresses; `cure` has its name as `{server}`."""
    for server, replies in by_server(found).items():
        yield Observation(
            f"{plain(server)} {does} {addresses(replies)}",
            steps_of(replies),
            server=server,
            cure=cure.format(server=plain(server)),
            remedy=at_servers(server),
        )


def _each_fault(
    found: list[HeardReply], fault: Callable[[HeardReply], str], to: str
) -> Iterator[Observation]:
    """What each server does wrong, and to what; `to` has its addresses as `{}`."""
    for server, replies in by_server(found).items():
        faults = " and ".join(dict.fromkeys(map(fault, replies)))
        yield Observation(
            f"{plain(server)} {faults} {to.format(addresses(replies))}",
            steps_of(replies),
            server=server,
            cure=(_PASS if any(r.message is None for r in replies) else _UPDATE).format(server=plain(server)),
            remedy=at_servers(server),
        )


def _by_cause(
    cut: Cut,
    cause: Cause,
    does: str,
    cure: str,
    holds: Callable[[HeardReply], bool] = lambda reply: True,
    also: frozenset[str] = frozenset(),
) -> Iterator[Observation]:
    shown = cut.causes[cause] | also
    found = [reply for reply in cut.everyone if reply.address in shown and holds(reply)]
    yield from each_doing([r for r in found if r.address not in cut.once(limiting)], does, cure)


def _asked_with_options_only(cut: Cut) -> set[str]:
    """The addresses that were not asked with EDNS and without an option: what they reject may be that."""
    plainly: dict[str, bool] = {}
    for attempt in cut.all_attempts:
        query = attempt.exchange.query
        if query.edns is not None and not query.edns.version:
            plainly[query.address] = plainly.get(query.address, False) or not query.edns.options
    return {address for address, is_plain in plainly.items() if not is_plain}


def _strips_opt(reply: HeardReply) -> bool:
    asked = reply.attempt.exchange.query.edns is not None
    return asked and reply.message is not None and reply.message.edns < 0


def _version_fault(reply: HeardReply) -> str:
    """What is wrong with the reply to EDNS version 1; empty where nothing is."""
    if reply.message is None:
        return "does not reply"
    if reply.message.rcode() == dns.rcode.BADVERS and reply.message.edns >= 0:
        return ""
    return f"replies {dns.rcode.to_text(reply.message.rcode())}"


def _option_fault(reply: HeardReply, without: Meaning) -> str:
    """What is wrong with the reply to an unknown option; empty where it is as `without` that."""
    if reply.message is None:
        return "does not reply"
    if reply.message.rcode() != dns.rcode.NOERROR:
        return f"replies {dns.rcode.to_text(reply.message.rcode())}"
    sent = {code for code, _ in (reply.attempt.exchange.query.edns or Edns()).options}
    if sent & {int(o.otype) for o in reply.message.options if int(o.otype) > 60000}:
        return "sends the option back in its reply"
    if reply.message.edns < 0:
        return "replies without EDNS"
    if reply.meaning.kind is Kind.TRUNCATED:
        return ""  # a probe is not put again over TCP
    if reply.meaning.kind is not without.kind:
        return "gives another answer"
    return "answers without authority" if without.authoritative and not reply.meaning.authoritative else ""


def _changes_case(reply: HeardReply) -> bool:
    asked = reply.attempt.exchange.query.question.name.labels
    return reply.message is not None and any(q.name.labels != asked for q in reply.message.question)


def _recurses(reply: HeardReply) -> bool:
    """Whether a server that does not serve the root gives its NS RRset, recursion offered."""
    message = reply.message
    if message is None or message.flags & dns.flags.AA or not message.flags & dns.flags.RA:
        return False
    return reply.rrset(ROOT, dns.rdatatype.NS) is not None
