"""Several machines at one address."""

from __future__ import annotations

import dns.message
import dns.rdatatype
import pytest

from dnstrace.checks import Level
from dnstrace.lab.reaction import MISBEHAVIOURS, Asked, Reaction, Responder, said
from dnstrace.model import Transport
from tests.checks.checking import checked, made_of

_OTHER = "example.com. 900 IN SOA ns1.example.com. hostmaster.example.com. {} 7200 900 1209600 300"


def _answers_by(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
    """Over TCP, or to every other query, another machine answers, which has this serial."""
    over, serial = parameter.split()
    reaction, question = otherwise(asked), asked.query.question[0]
    here = asked.transport is Transport.TCP if over == "tcp" else asked.earlier % 2
    if not here or question.rdtype != dns.rdatatype.SOA or not reaction.replies:
        return reaction
    reply = dns.message.from_wire(reaction.replies[0])
    text = f"id 1\nflags QR AA\n;QUESTION\n{question}\n;ANSWER\n{_OTHER.format(serial)}\n"
    reply.answer = dns.message.from_text(text).answer
    return said(reply)


@pytest.mark.parametrize(("over", "serial", "number"), [("tcp", 2026011400, 1), ("tcp", 2026011501, 0)])
def test_an_older_version_over_tcp_is_from_another_machine(
    monkeypatch: pytest.MonkeyPatch, over: str, serial: int, number: int
) -> None:
    monkeypatch.setitem(MISBEHAVIOURS, "another-machine", _answers_by)
    servers = {"ns2.example.com.": {"does": [f"another-machine={over} {serial}"]}}
    found = checked(made_of("in-domain", servers=servers)).findings or ()
    assert [each.code for each in found] == ["soa-differs"] * number
    for each in found:
        assert each.level is Level.NOTICE and str(each.server) == "ns2.example.com."
        assert f"serial {serial} over TCP and serial 2026011501 over UDP" in each.message
