"""Reactions, and the table of what can stand between a query and its server."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest

from dnstrace.lab.errors import WorldError
from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.reaction import Asked, Reaction, Responder, error, flagged, misbehaving, misbehaviour, said
from dnstrace.model import Transport

QUERY = dns.message.make_query("www.example.", "A", use_edns=0, want_dnssec=True)
ASKED = Asked(QUERY, QUERY.to_wire(), Transport.UDP)


def answered(asked: Asked) -> Reaction:
    return said(dns.message.make_response(asked.query))


def replied(reaction: Reaction) -> dns.message.Message:
    (wire,) = reaction.replies
    return dns.message.from_wire(wire)


def test_an_error_is_a_reply_to_the_query_with_that_code_alone() -> None:
    reply = replied(error(ASKED, dns.rcode.REFUSED))
    assert (reply.id, reply.rcode(), reply.question) == (QUERY.id, dns.rcode.REFUSED, QUERY.question)
    assert not (reply.answer or reply.authority or reply.additional)


def test_flags_are_added_and_dropped_in_each_reply() -> None:
    one = answered(ASKED).replies[0]
    changed = flagged(Reaction((one, one), delay=0.5), add=dns.flags.AA | dns.flags.RA, drop=dns.flags.RD)
    assert changed.delay == 0.5
    for wire in changed.replies:
        assert dns.flags.to_text(dns.message.from_wire(wire).flags) == "QR AA RA"
    assert [wire[4:] for wire in changed.replies] == [one[4:], one[4:]]


def test_a_misbehaviour_gets_what_would_be_answered_and_its_parameter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    met: list[tuple[Asked, str]] = []

    def shout(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        met.append((asked, parameter))
        return otherwise(asked)

    monkeypatch.setitem(MISBEHAVIOURS, "shouts", shout)
    assert misbehaving("shouts=a=b", answered)(ASKED) == answered(ASKED)
    assert met == [(ASKED, "a=b")]


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="'silent'"):
        misbehaviour("silent")(MISBEHAVIOURS["silent"])


def test_one_that_is_not_known_is_answered_with_those_that_are() -> None:
    with pytest.raises(WorldError, match=r"'sulks'.*silent"):
        misbehaving("sulks", answered)


@pytest.mark.parametrize("reaction", [Reaction(), Reaction((b"\0" * 5,))])
def test_silence_and_octets_that_are_not_a_message_stay_what_they_are(reaction: Reaction) -> None:
    """Several misbehaviours on one server may leave nothing that one of them can change."""
    for name in ("denies-empty=www", "bare-negative", "drops-denials"):
        assert misbehaving(name, lambda asked: reaction)(ASKED) == reaction


def test_a_query_without_a_question_gets_what_would_be_answered() -> None:
    query = dns.message.make_query("www.example.", "A")
    query.question = []
    asked = Asked(query, query.to_wire(), Transport.UDP)
    for name in ("truncates=A", "endless-aliases", "alternates=3"):
        assert misbehaving(name, answered)(asked) == answered(asked)


def test_a_mistake_in_a_misbehaviour_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def slips(asked: Asked, otherwise: Responder, parameter: str) -> Reaction:
        return Reaction((parameter.split()[1].encode(),))

    monkeypatch.setitem(MISBEHAVIOURS, "slips", slips)
    with pytest.raises(IndexError):
        misbehaving("slips=once", answered)(ASKED)
