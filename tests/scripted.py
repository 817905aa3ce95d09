"""A network whose servers are functions: for walks that no honest world has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dnstrace import clock
from dnstrace.model import (
    ROOT,
    Address,
    Delegation,
    Exchange,
    Fault,
    NameServer,
    Query,
    Question,
    Source,
)
from tests.replies import name, reply

RTT = 0.02
Server = Callable[[Question], "Exchange | Fault | None"]


@dataclass
class Scripted:
    """Servers by address; no server, or None from one, is silence. Remembers what was asked."""

    servers: dict[str, Server]
    asked: list[Query] = field(default_factory=list)
    run = staticmethod(clock.run)

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.asked.append(query)
        start = asyncio.get_running_loop().time()
        server = self.servers.get(query.address)
        outcome = server(query.question) if server is not None else None
        if outcome is Fault.NETWORK_UNREACHABLE:
            return Exchange(query, start, 0.0, fault=outcome)
        if outcome is None:
            await asyncio.sleep(timeout)
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        await asyncio.sleep(RTT)
        if isinstance(outcome, Fault):
            return Exchange(query, start, RTT, fault=outcome)
        return replace(outcome, query=query, start=start, elapsed=RTT)


def roots(*addresses: str) -> Delegation:
    """Root servers at these addresses."""
    return Delegation(
        ROOT,
        tuple(
            NameServer(name(f"{number}.root.test."), (Address(address, Source.HINT),))
            for number, address in enumerate(addresses)
        ),
    )


def refers(zone: str, **servers: str) -> Server:
    """A server that refers everything to `zone`; its servers by label, with glue unless empty.

    A label `ns1` stands for `ns1.ZONE`; one with dots (as a keyword, with `__` for dots) for itself.
    """
    names = {
        label.replace("__", ".") + ("." if "__" in label else f".{zone}"): a for label, a in servers.items()
    }

    def serve(question: Question) -> Exchange:
        return reply(
            str(question),
            authority=(f"{zone} 3600 NS " + " | ".join(names),),
            additional=tuple(f"{ns} 3600 A {address}" for ns, address in names.items() if address),
        )

    return serve


def answers(address: str = "192.0.2.44", flags: str = "QR AA") -> Server:
    """A server that has this address for every name."""
    return lambda question: reply(str(question), flags=flags, answer=(f"{question.name} 300 A {address}",))


def fails(rcode: int) -> Server:
    """A server that replies with this RCODE."""
    return lambda question: reply(str(question), rcode=rcode)
