"""`--http`: the last hop. All addresses in the answer are asked for the page, in parallel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

import dns.name
import dns.rdatatype

from dnstrace import api
from dnstrace.analysis.reached import last_step, zone_of
from dnstrace.cli.usage import Usage, shown
from dnstrace.clock import run_real
from dnstrace.model import Kind, Outcome, Settings
from dnstrace.model.addresses import address_of, is_private
from dnstrace.model.pages import BAD_PORTS, PORTS, Request, Visit
from dnstrace.model.structs import replace
from dnstrace.model.taken import Fetched
from dnstrace.web.service import by_service, unmatched_hints

if TYPE_CHECKING:
    import dns.rrset
    from dns.rdatatype import RdataType

    from dnstrace.cli.line.choices import Choices
    from dnstrace.model import Name, Trace
    from dnstrace.port import Network, Web

_A, _AAAA, _HTTPS = dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.HTTPS
_MOST = 16  # addresses that are asked at most
_PATIENCE = 10.0  # seconds for one page
_NOT_INSIDE = "not connected to: a private address"
_REACHED = {Kind.ANSWER, Kind.ALIAS}


def requests(chosen: Choices) -> None:
    """Raise Usage if no page can be fetched."""
    if chosen.record is not None:
        raise Usage("--http and --replay exclude each other: a record contains no page")
    if chosen.parent_only:
        raise Usage("--http and --parent-only exclude each other: a referral has no page")


def request_of(url: str, name: Name) -> Request:
    """The page that a URL, or a name alone, stands for. Raises Usage."""
    from urllib.parse import quote, urlsplit

    host = name.to_text(omit_final_dot=True)
    if "://" not in url:
        return Request(host)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Usage(f"the URL {shown(url)} has a wrong port: {error}") from error
    if port in BAD_PORTS:
        raise Usage(f"{shown(url)}: browsers refuse port {port}, which belongs to another protocol")
    if parts.scheme not in PORTS:
        raise Usage(f"--http fetches http:// and https://, not {shown(parts.scheme)}://")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%?:@!$&()*+,;=~-._')}" if parts.query else ""
    )
    return Request(host, parts.scheme, port or PORTS[parts.scheme], path)


def fetched(trace: Trace, chosen: Choices) -> Trace:
    """The trace with its last hop: the page from every address of the name, IPv4 and IPv6."""
    if trace.interrupted or trace.outcome is not Outcome.ANSWER or trace.question.rdtype not in (_A, _AAAA):
        return trace
    request = request_of(chosen.urls.get(trace.question.name, ""), trace.question.name)
    hop = _Hop(trace, chosen)
    services = hop.records(trace.question.name, _HTTPS)
    request, target, notes = by_service(request, trace.question.name, services)
    if target != trace.question.name:
        traces = [hop.trace(target, _A), hop.trace(target, _AAAA)]
    else:
        traces = [trace, hop.trace(target, _AAAA if trace.question.rdtype == _A else _A)]
    addresses = list(dict.fromkeys(address for each in traces for address in _answer_addresses(each)))
    notes += tuple(unmatched_hints(services, addresses))
    private = _own_addresses(trace, traces) if chosen.http_typed else set()
    visits = hop.visits(addresses[:_MOST], request, private)
    return replace(trace, fetched=Fetched(request, visits, tuple(hop.beside), tuple(services), notes))


class _Hop:
    """The further traces and the visits of one last hop."""

    def __init__(self, trace: Trace, chosen: Choices) -> None:
        from dnstrace.cli.planning import planned

        self.beside: list[Trace] = []
        plan = planned(chosen)
        self._network = plan.network
        self._tracing = replace(
            plan.tracing,
            settings=_without_survey(chosen.settings),
            limits=None,
            anchors=None,
            at=None,
            resolvers=(),
            seed=trace.seed,
        )

    def trace(self, name: Name, rdtype: RdataType) -> Trace:
        found = api.trace(name, rdtype, tracing=self._tracing, network=self._network)
        self.beside.append(found)
        return found

    def records(self, name: Name, rdtype: RdataType) -> list[dns.rrset.RRset]:
        return [rrset for rrset in self.trace(name, rdtype).answer if rrset.rdtype == rdtype]

    def visits(self, addresses: list[str], request: Request, private: set[str]) -> tuple[Visit, ...]:
        """What each address replies, asked in parallel; of private addresses, only those in `private` are."""
        web = _web_of(self._network)

        async def visit(address: str) -> Visit:
            if is_private(address) and address not in private:
                return Visit(address, fault=_NOT_INSIDE)
            return await web.visit(address, request, _PATIENCE)

        async def every() -> tuple[Visit, ...]:
            return tuple(await asyncio.gather(*map(visit, addresses)))

        run: Callable[[Coroutine[Any, Any, tuple[Visit, ...]]], tuple[Visit, ...]] = getattr(
            self._network, "run", run_real
        )
        return run(every())


def _web_of(network: Network | None) -> Web:
    """The web of the lab, or the real one."""
    if (pages := getattr(network, "web", None)) is not None:
        found: Web = pages()
        return found
    from dnstrace.web.live import LiveWeb

    return LiveWeb()


def _without_survey(settings: Settings) -> Settings:
    return replace(settings, all_servers=False, probe=False)


def _answer_addresses(trace: Trace) -> Iterator[str]:
    for rrset in trace.answer:
        yield from filter(None, map(address_of, rrset))


def _own_addresses(trace: Trace, traces: list[Trace]) -> set[str]:
    """The addresses that the zone of the question itself gave, and not one that an alias leads to.

    Somebody else's zone must not be able to make this program knock at doors of the network that it is in.
    """
    first = next((s for s in trace.steps if s.main and s.meaning and s.meaning.kind in _REACHED), None)
    if first is None:
        return set()
    lasts = [step for each in traces if (step := last_step(each)) is not None]
    own = [step.meaning for step in lasts if zone_of(step) == zone_of(first) and step.meaning is not None]
    rdata = (rdata for meaning in own for rrset in meaning.answer for rdata in rrset)
    return set(filter(None, map(address_of, rdata)))
