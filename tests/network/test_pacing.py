from __future__ import annotations

import asyncio
from collections import Counter

from dnstrace import clock
from dnstrace.model import Exchange, Fault, Query
from dnstrace.network.pacing import AT_ONCE, IN_ALL, PacedNetwork
from tests.replies import name, reply

QUESTION = reply(". NS").query.question
RTT = 0.02


class Crowded:
    """Replies after a round trip; counts the questions that each address has at once."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.most_in_all = 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        start, address = asyncio.get_running_loop().time(), query.address
        self.now[address] += 1
        self.most[address] = max(self.most[address], self.now[address])
        self.most_in_all = max(self.most_in_all, self.now.total())
        try:
            await asyncio.sleep(RTT)
        finally:
            self.now[address] -= 1
        return Exchange(query, start, RTT, fault=Fault.TIMEOUT)


async def asked(network: Crowded, *addresses: str) -> list[Exchange]:
    paced = PacedNetwork(network)
    return await asyncio.gather(*(paced.exchange(Query(QUESTION, each), 1.0) for each in addresses))


def test_no_address_is_asked_more_than_so_much_at_once_and_waiting_is_not_its_time() -> None:
    network = Crowded()
    found = clock.run(asked(network, *["192.0.2.1"] * 50))
    assert network.most == {"192.0.2.1": AT_ONCE} and AT_ONCE == 20
    assert sorted({each.start for each in found}) == [0.0, RTT, 2 * RTT]
    assert {each.elapsed for each in found} == {RTT}


def test_addresses_do_not_wait_for_each_other() -> None:
    network = Crowded()
    found = clock.run(asked(network, *[f"192.0.2.{number}" for number in range(50)]))
    assert {each.start for each in found} == {0.0}


def test_no_more_than_so_much_is_under_way_in_all_and_the_loop_keeps_up() -> None:
    """As `--check . NS` does: 26 addresses are asked 13 questions each, all at one moment."""
    network = Crowded()
    found = clock.run(asked(network, *[f"192.0.2.{number}" for number in range(26)] * 13))
    assert network.most_in_all == IN_ALL
    assert sorted({each.start for each in found}) == [0.0, RTT, 2 * RTT, 3 * RTT]
    assert {each.elapsed for each in found} == {RTT}


def test_what_is_cancelled_gives_its_place_back() -> None:
    async def cancelled(network: Crowded) -> list[Exchange]:
        paced = PacedNetwork(network)
        query = Query(QUESTION, "192.0.2.1")
        tasks = [asyncio.ensure_future(paced.exchange(query, 1.0)) for _ in range(AT_ONCE + 5)]
        await asyncio.sleep(RTT / 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return await asyncio.gather(*(paced.exchange(query, 1.0) for _ in range(AT_ONCE)))

    assert {each.start for each in clock.run(cancelled(Crowded()))} == {RTT / 2}
    assert name(".") == QUESTION.name


def test_whoever_waits_hears_when_it_is_sent() -> None:
    async def run() -> list[float]:
        paced, sent = PacedNetwork(Crowded(), at_once=1), list[float]()

        def note() -> None:
            sent.append(asyncio.get_running_loop().time())

        query = Query(QUESTION, "192.0.2.1")
        await asyncio.gather(*(paced.in_turn(query, 1.0, note) for _ in range(3)))
        return sent

    assert clock.run(run()) == [0.0, RTT, 2 * RTT]
