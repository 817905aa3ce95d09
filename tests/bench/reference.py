"""The reference for many names: the least that a tracer on asyncio and dnspython does.

    python -m tests.bench.reference NAMES ROOT_ADDRESS WORKERS

Each name of a file is walked from a root server down by referrals with glue, and a line of JSON printed for
it: the name, the servers asked and the answer. Cuts are kept. There is nothing else: no second server but
after a time-out, no look-ups, no order, no politeness, no findings. The names are dealt to the workers.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rdatatype

_AT_ONCE, _TIMEOUT, _TRIES = 200, 1.0, 5

Addresses = list[str]
Step = tuple[str, str]
"""A zone, and the address that was asked."""


class _Socket(asyncio.DatagramProtocol):
    """One socket for all queries, which are told apart by ID and address."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], asyncio.Future[bytes]] = {}

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        waiting = self._waiting.get((int.from_bytes(data[:2]), addr[0]))
        if waiting is not None and not waiting.done():
            waiting.set_result(data)

    async def ask(self, name: dns.name.Name, address: str) -> dns.message.Message:
        query = dns.message.make_query(name, "A", want_dnssec=True, payload=1232)
        query.flags = dns.flags.Flag(0)
        while (key := (query.id, address)) in self._waiting:
            query.id = (query.id + 1) % 65536
        self._waiting[key] = asyncio.get_running_loop().create_future()
        self._transport.sendto(query.to_wire(), (address, 53))
        try:
            return dns.message.from_wire(await asyncio.wait_for(self._waiting[key], _TIMEOUT))
        finally:
            del self._waiting[key]


class _Tracer:
    def __init__(self, root: str, sock: _Socket) -> None:
        self._cuts: dict[dns.name.Name, Addresses] = {dns.name.root: [root]}
        self._socket = sock

    async def trace(self, text: str) -> str:
        """A line for a name."""
        name, steps = dns.name.from_text(text), list[Step]()
        zone = name
        while zone not in self._cuts:
            zone = zone.parent()
        while True:
            reply = await self._reply(name, zone, steps)
            if reply is None or reply.answer:
                answer = (
                    [] if reply is None else [rdata.to_text() for rrset in reply.answer for rdata in rrset]
                )
                return json.dumps({"name": text, "steps": steps, "answer": answer})
            zone = self._learn(reply)

    async def _reply(self, name: dns.name.Name, zone: dns.name.Name, steps: list[Step]) -> Any:
        for _ in range(_TRIES):
            address = random.choice(self._cuts[zone])
            steps.append((zone.to_text(), address))
            try:
                return await self._socket.ask(name, address)
            except TimeoutError:
                continue
        return None

    def _learn(self, reply: dns.message.Message) -> dns.name.Name:
        """The zone that a reply refers to."""
        ns = next(rrset for rrset in reply.authority if rrset.rdtype == dns.rdatatype.NS)
        hosts = {rdata.target for rdata in ns}
        glue = (rrset for rrset in reply.additional if rrset.rdtype == dns.rdatatype.A)
        self._cuts[ns.name] = [rdata.address for rrset in glue if rrset.name in hosts for rdata in rrset]
        return ns.name


async def _traced(names: list[str], root: str) -> None:
    loop = asyncio.get_running_loop()
    _, sock = await loop.create_datagram_endpoint(_Socket, local_addr=("0.0.0.0", 0))
    tracer, left = _Tracer(root, sock), iter(names)
    await asyncio.gather(*(_some(tracer, left) for _ in range(_AT_ONCE)))


async def _some(tracer: _Tracer, left: Iterator[str]) -> None:
    for name in left:
        print(await tracer.trace(name))


def _work(names: list[str], root: str) -> None:
    asyncio.run(_traced(names, root))


def main() -> int:
    names, (root, workers) = Path(sys.argv[1]).read_text().split(), sys.argv[2:]
    count = int(workers)
    with Pool(count) as pool:
        pool.starmap(_work, [(names[start::count], root) for start in range(count)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
