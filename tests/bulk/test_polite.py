"""How servers are treated: turns, trouble, silence, and a rate; on the virtual clock, exactly."""

from __future__ import annotations

import asyncio
from collections import Counter

import dns.name
import dns.rcode
import dns.rdatatype

from dnstrace import clock
from dnstrace.bulk import polite
from dnstrace.bulk.polite import TO_ONE, PoliteNetwork
from dnstrace.bulk.silence import SILENT, Silences, SilencesToReport
from dnstrace.model import Edns, Exchange, Fault, Query
from dnstrace.model.structs import replace
from tests.replies import reply

QUESTION = reply("www.example. A").query.question
RTT, TIMEOUT = 0.02, 1.0
TO_HEAR = SilencesToReport.in_trouble


class Server:
    """Replies after a round trip with an RCODE, or not at all; counts how many are under way at once."""

    def __init__(self, rcode: int | None = dns.rcode.NOERROR) -> None:
        self.rcode, self.now, self.most, self.asked = rcode, 0, 0, 0

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        start = asyncio.get_running_loop().time()
        self.now, self.asked = self.now + 1, self.asked + 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(timeout if self.rcode is None else RTT)
        finally:
            self.now -= 1
        if self.rcode is None:
            return Exchange(query, start, timeout, fault=Fault.TIMEOUT)
        return Exchange(query, start, RTT, message=reply("www.example. A", rcode=self.rcode).message)


def query(address: str = "192.0.2.1") -> Query:
    return Query(QUESTION, address)


async def ask(network: PoliteNetwork, count: int, address: str = "192.0.2.1") -> list[Exchange]:
    return await asyncio.gather(*(network.exchange(query(address), TIMEOUT) for _ in range(count)))


def test_no_address_is_asked_more_than_so_much_at_once() -> None:
    server = Server()
    found = clock.run(ask(PoliteNetwork(server), 40))
    assert server.most == TO_ONE == 8 and {each.elapsed for each in found} == {RTT}
    assert sorted({round(each.start / RTT) for each in found}) == [0, 1, 2, 3, 4]


def test_a_server_in_trouble_is_asked_one_by_one_until_it_is_well() -> None:
    async def run() -> None:
        server = Server(dns.rcode.REFUSED)
        network = PoliteNetwork(server)
        await ask(network, 8)
        server.most = 0
        await ask(network, 4)
        assert server.most == 1
        server.rcode = dns.rcode.NOERROR
        await ask(network, 30)
        assert server.most == TO_ONE

    clock.run(run())


def test_an_address_that_is_silent_is_not_asked_for_a_while_that_doubles() -> None:
    async def run() -> None:
        loop, server = asyncio.get_running_loop(), Server(None)
        network = PoliteNetwork(server)
        await ask(network, SILENT)
        assert server.asked == SILENT and loop.time() == TIMEOUT
        found = await ask(network, 100)
        assert {(each.fault, each.elapsed) for each in found} == {(Fault.KNOWN_SILENT, 0.0)}
        assert server.asked == SILENT and loop.time() == TIMEOUT
        await asyncio.sleep(5.0)  # the first while has passed: one finds out, the others are told
        found = await ask(network, 10)
        assert Counter(each.fault for each in found) == {Fault.TIMEOUT: 1, Fault.KNOWN_SILENT: 9}
        await asyncio.sleep(9.0)
        assert (await ask(network, 1))[0].fault is Fault.KNOWN_SILENT
        await asyncio.sleep(1.0)
        server.rcode = dns.rcode.NOERROR
        assert (await ask(network, 1))[0].fault is None
        assert {each.fault for each in await ask(network, 10)} == {None}

    clock.run(run())


def test_others_are_told_at_once_while_one_finds_out_whether_an_address_is_silent_still() -> None:
    async def run() -> None:
        server = Server(None)
        network = PoliteNetwork(server)
        await ask(network, SILENT)
        await asyncio.sleep(5.0)
        finding_out = asyncio.ensure_future(ask(network, 1))
        await asyncio.sleep(TIMEOUT / 2)
        assert [(each.fault, each.elapsed) for each in await ask(network, 2)] == [
            (Fault.KNOWN_SILENT, 0.0)
        ] * 2
        finding_out.cancel()
        await asyncio.gather(finding_out, return_exceptions=True)
        assert (await ask(network, 1))[0].fault is Fault.TIMEOUT  # the next one finds out

    clock.run(run())


class WithoutEdns(Server):
    """Replies to queries without EDNS alone."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.rcode = dns.rcode.NOERROR if query.edns is None else None
        return await super().exchange(query, timeout)


def test_an_address_is_silent_in_the_way_in_which_it_was_asked() -> None:
    async def run() -> list[Counter[Fault | None]]:
        network = PoliteNetwork(WithoutEdns())
        ways = [Edns(1232), Edns(1232), Edns(512), None, Edns(1232)]
        asked = [[Query(QUESTION, "192.0.2.1", edns=way)] * SILENT for way in ways]
        found = [await asyncio.gather(*(network.exchange(q, TIMEOUT) for q in each)) for each in asked]
        return [Counter(exchange.fault for exchange in each) for each in found]

    silent = {Fault.KNOWN_SILENT: SILENT}
    small = {Fault.TIMEOUT: 1, Fault.KNOWN_SILENT: SILENT - 1}
    assert clock.run(run()) == [{Fault.TIMEOUT: SILENT}, silent, small, {None: SILENT}, silent]


def test_silence_is_remembered_only_where_that_is_wanted_and_of_one_address() -> None:
    async def run(silences: type[Silences]) -> list[int]:
        server = Server(None)
        network = PoliteNetwork(server, silences=silences)
        await ask(network, SILENT)
        await ask(network, 1)
        await ask(network, 1, "192.0.2.2")
        return [server.asked - SILENT]

    assert clock.run(run(Silences)) == [1] and clock.run(run(SilencesToReport)) == [2]


class OfOneZone(Server):
    """Replies to queries about one zone alone."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.rcode = dns.rcode.NOERROR if query.zone == dns.name.from_text("here.") else None
        return await super().exchange(query, timeout)


async def asked_about(network: PoliteNetwork, server: Server, *ways: tuple[str, Edns | None]) -> list[int]:
    """How many of so many queries are sent, about a zone and in a way, one after another."""
    sent = []
    for zone, way in ways:
        before, asked = server.asked, Query(QUESTION, "192.0.2.1", edns=way, zone=dns.name.from_text(zone))
        found = await asyncio.gather(*(network.exchange(asked, TIMEOUT) for _ in range(SILENT)))
        sent.append(server.asked - before)
        assert sum(each.cached is None for each in found) == sent[-1]
        assert len({(each.fault, each.query.zone) for each in found}) == 1
    return sent


def test_for_checks_one_timeout_stands_for_others_about_a_zone_where_nothing_ever_came() -> None:
    """What is sent after the first timeouts shows that it was no burst, and so does another way of asking."""
    server = OfOneZone()
    network = PoliteNetwork(server, silences=SilencesToReport)
    gone = [("gone.", Edns(1232))] * 2 + [("gone.", Edns(512))]
    ways = [*gone, ("here.", Edns(1232)), ("gone.", None), ("gone.", Edns(512))]
    sent = clock.run(asked_about(network, server, *ways))
    assert sent == [SILENT, TO_HEAR, TO_HEAR, SILENT, SILENT, 0]


class OfOneType(Server):
    """Replies to every type but A."""

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        self.rcode = None if query.question.rdtype == dns.rdatatype.A else dns.rcode.NOERROR
        return await super().exchange(query, timeout)


def test_for_checks_silence_to_one_type_is_not_silence_to_others() -> None:
    async def run() -> Counter[Fault | None]:
        network = PoliteNetwork(OfOneType(), silences=SilencesToReport)
        await ask(network, 3 * SILENT)
        other = Query(replace(QUESTION, rdtype=dns.rdatatype.SOA), "192.0.2.1")
        found = await asyncio.gather(*(network.exchange(other, TIMEOUT) for _ in range(SILENT)))
        return Counter(each.fault for each in found)

    assert clock.run(run()) == {None: SILENT}


def test_for_checks_an_address_that_replied_once_is_asked_each_time() -> None:
    async def run() -> list[int]:
        server = Server()
        network = PoliteNetwork(server, silences=SilencesToReport)
        await asked_about(network, server, ("here.", Edns(1232)))
        server.rcode = None
        return await asked_about(network, server, *[("here.", Edns(1232))] * 3)

    assert clock.run(run()) == [SILENT] * 3


def test_a_reply_between_two_silences_counts() -> None:
    async def run() -> int:
        server = Server(None)
        network = PoliteNetwork(server)
        for _ in range(3):
            await ask(network, SILENT - 1)
            server.rcode = dns.rcode.NOERROR
            await ask(network, 1)
            server.rcode = None
        return server.asked

    assert clock.run(run()) == 3 * SILENT


def test_no_more_are_sent_than_the_rate_allows() -> None:
    async def run() -> list[float]:
        network = PoliteNetwork(Server(), rate=10)
        asked = (network.exchange(query(f"192.0.2.{n}"), TIMEOUT) for n in range(30))
        return sorted(each.start for each in await asyncio.gather(*asked))

    starts = clock.run(run())
    assert [round(start, 6) for start in starts] == [round(n / 10, 6) for n in range(30)]


def test_a_turn_that_nobody_wants_any_more_goes_to_the_next() -> None:
    async def run() -> list[float]:
        network = PoliteNetwork(Server())
        tasks = [asyncio.ensure_future(network.exchange(query(), TIMEOUT)) for _ in range(TO_ONE * 3)]
        await asyncio.sleep(RTT / 2)
        for task in tasks[: TO_ONE * 2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return [task.result().start for task in tasks[TO_ONE * 2 :]]

    assert clock.run(run()) == [RTT / 2] * TO_ONE


def test_addresses_are_forgotten_when_they_are_too_many() -> None:
    async def run() -> int:
        network = PoliteNetwork(Server())
        for number in range(300):
            await network.exchange(query(f"192.0.2.{number}"), TIMEOUT)
        return len(network._places)

    polite_most, polite._MOST = polite._MOST, 100
    try:
        assert clock.run(run()) <= 100
    finally:
        polite._MOST = polite_most
