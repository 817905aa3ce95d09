"""A flood of forged replies at the live socket while the true one is late (RFC 5452)."""

from __future__ import annotations

import asyncio
import socket
import tracemalloc
from collections.abc import Iterator
from itertools import cycle, islice

import pytest

from dnstrace.model import Exchange, Query
from dnstrace.network.live import LiveNetwork
from dnstrace.network.pooled import PooledNetwork
from tests.network.serving import QUESTION, answer, edited

FLOOD = 20_000
BURST = 50  # datagrams on the way at once: the receive buffer holds more, so that none is lost
TURNS = 4  # of the event loop, for the reader to take up a burst
BOUND = 1_600_000  # octets, for one burst and all else: the whole flood kept would be over 2,000,000
Forgery = tuple[socket.socket, bytes]


def udp_socket(host: str, port: int = 0) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((host, port))
    return sock


class Attack:
    """The true server, and senders at another port and at another address of the same port."""

    def __init__(self) -> None:
        self.server = udp_socket("127.0.0.1")
        self.port = self.server.getsockname()[1]
        self.other_port = udp_socket("127.0.0.1")
        self.other_host = udp_socket("127.0.0.2", self.port)

    def close(self) -> None:
        for sock in (self.server, self.other_port, self.other_host):
            sock.close()

    def forgeries(self, true: bytes) -> Iterator[Forgery]:
        """Wrong ID, wrong question, wrong port and wrong source in turn, everything else right."""
        message_id = int.from_bytes(true[:2])
        for step in cycle(range(1, 0x10000)):
            yield self.server, edited(true, 0, ((message_id + step) % 0x10000).to_bytes(2))
            yield self.server, edited(true, 13, b"wwx")
            yield self.other_port, true
            yield self.other_host, true

    async def run(self) -> None:
        """Wait for the query, flood whoever asked, then tell the truth."""
        wire, asker = await asyncio.get_running_loop().sock_recvfrom(self.server, 4096)
        true = answer(wire)
        forged = islice(self.forgeries(true), FLOOD)
        while burst := list(islice(forged, BURST)):
            for sock, datagram in burst:
                sock.sendto(datagram, asker)
            for _ in range(TURNS):
                await asyncio.sleep(0)
        self.server.sendto(true, asker)


async def flooded(network: LiveNetwork) -> Exchange:
    attack = Attack()
    try:
        query = Query(QUESTION, "127.0.0.1", attack.port)
        exchange, _ = await asyncio.gather(network.exchange(query, 600.0), attack.run())
        return exchange
    finally:
        attack.close()
        if isinstance(network, PooledNetwork):
            network.close()


@pytest.fixture
def memory() -> Iterator[None]:
    asyncio.run(flooded(LiveNetwork()))  # what is imported for the first one is not kept of the flood
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("network", [LiveNetwork, PooledNetwork])
def test_a_flood_is_counted_and_kept_nowhere_and_the_true_reply_is_used(
    network: type[LiveNetwork], memory: None
) -> None:
    before, _ = tracemalloc.get_traced_memory()
    exchange = asyncio.run(flooded(network()))
    _, peak = tracemalloc.get_traced_memory()
    assert exchange.fault is None and exchange.message is not None
    assert exchange.message.question[0].name == QUESTION.name
    assert FLOOD - BURST <= exchange.mismatched <= FLOOD  # the kernel may reorder the last ones
    assert peak - before < BOUND
