"""A name server of the lab: octets in, octets out, between them an Authority and its misbehaviours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import dns.exception
import dns.message
import dns.rcode

from dnstrace.lab.authority import Authority, fit
from dnstrace.lab.careless import ALTERNATES, AT_TIMES, GROWS, STOPS
from dnstrace.lab.misbehaviour import SILENCE, Asked, Reaction, Responder, misbehaving
from dnstrace.lab.zone import LabZone
from dnstrace.model import Transport
from dnstrace.model.structs import replace

_KEPT = 4096  # replies kept for each server
_HEADER = 12
_FORMERR = bytes((0x80, dns.rcode.FORMERR)) + bytes(8)


class LabServer:
    """What answers at the addresses of one server of a world: its zones, behind what it `does` wrong.

    The same query always has the same reaction, whatever its ID, so reactions are kept. Where a server
    `varies` that depends on how often the query came before too, on how many others did, which the caller
    counts, and on the address. Raises WorldError for an unknown misbehaviour.
    """

    def __init__(self, zones: Sequence[LabZone], does: Sequence[str] = ()) -> None:
        self._authority = Authority(tuple(zones))
        self._respond: Responder = self._answer
        for text in reversed(does):
            self._respond = misbehaving(text, self._respond)
        self._kept: dict[tuple[Transport, bytes, int, int, str], tuple[int, Reaction]] = {}
        self.varies = any(text.partition("=")[0] in (ALTERNATES, AT_TIMES, GROWS, STOPS) for text in does)

    def react(
        self, wire: bytes, transport: Transport, before: int = 0, earlier: int = 0, address: str = ""
    ) -> Reaction:
        """What the server does about a query in octets, after `before` equal ones and `earlier` in all."""
        if len(wire) < _HEADER or wire[2] & 0x80:
            return SILENCE
        message_id, key = int.from_bytes(wire[:2]), (transport, wire[2:], before, earlier, address)
        kept = self._kept.get(key)
        if kept is None:
            kept = message_id, self._react(wire, transport, before, earlier, address)
            if len(self._kept) < _KEPT:
                self._kept[key] = kept
        return _with_id(kept[1], kept[0] ^ message_id)

    def _react(self, wire: bytes, transport: Transport, before: int, earlier: int, address: str) -> Reaction:
        try:
            query = dns.message.from_wire(wire, ignore_trailing=True, keyring=False)
        except (dns.exception.DNSException, ValueError):
            return Reaction((wire[:2] + _FORMERR,))
        return self._respond(Asked(query, wire, transport, before, earlier, address))

    def _answer(self, asked: Asked) -> Reaction:
        reply = self._authority.reply(asked.query)
        return Reaction((fit(reply, asked.query, asked.transport),))


def _with_id(reaction: Reaction, difference: int) -> Reaction:
    """The reaction to a query whose ID differs by these bits."""
    if not difference:
        return reaction
    replies = tuple(
        (int.from_bytes(wire[:2]) ^ difference).to_bytes(2) + wire[2:] for wire in reaction.replies
    )
    return replace(reaction, replies=replies)


class Counting:
    """A server that is told how often each query came before, at one of its addresses and in one run."""

    def __init__(self, server: LabServer, address: str) -> None:
        self._server, self._address = server, address
        self._counts: Counter[tuple[Transport, bytes]] = Counter()
        self._earlier = 0

    def react(self, wire: bytes, transport: Transport) -> Reaction:
        """What the server does about the octets of a query."""
        key = transport, wire[2:]
        before, earlier = self._counts[key], self._earlier
        if not self._server.varies:
            return self._server.react(wire, transport)
        self._counts[key] += 1
        self._earlier += 1
        return self._server.react(wire, transport, before, earlier, self._address)
