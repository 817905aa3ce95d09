"""Asking the one server of a small world of the lab, for tests of what it does wrong."""

from __future__ import annotations

from typing import Any

import dns.message

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World
from dnstrace.model import Query, Question, Transport
from tests.lab.made import APEX, world
from tests.replies import name

ZONE = APEX + "ns A 192.0.2.1\nwww 300 A 192.0.2.44\nsub NS ns.sub\nns.sub A 192.0.2.7\n"


def small(*does: str, add: str = "") -> World:
    """A world of one zone, with a delegation in it and what is to `add`, whose server misbehaves so."""
    server = {"addresses": ["192.0.2.1"], "rtt": 20, "does": list(does)}
    return world(servers={"ns.example.": server}, zones={"example.": {"text": ZONE + add}})


def replied(
    question: str, *does: str, transport: Transport = Transport.UDP, add: str = "", **how: Any
) -> dns.message.Message:
    """What a server that misbehaves so replies to a question (`www.example. A`)."""
    owner, rdtype = question.split()
    asked = Question(name(owner), dns.rdatatype.from_text(rdtype))
    network = LabNetwork(small(*does, add=add))
    query = Query(asked, "192.0.2.1", transport=transport, **how)
    message = network.run(network.exchange(query, 100.0)).message
    assert message is not None
    return message
