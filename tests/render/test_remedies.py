"""What to do about a finding, in parts."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import pytest

from dnstrace.model.findings import Blame, Finding, Level, Remedy
from dnstrace.render.remedies import explained_by, parts

FINDING = Finding("code", Level.ERROR, dns.name.from_text("example.com."), None, "", (), (), Blame.HOST)


def test_nothing_to_do_is_still_for_somebody() -> None:
    assert parts(FINDING) == [("who", "the operator of example.com")]
    assert parts(replace(FINDING, blame=Blame.NOBODY)) == []


def test_a_fix_says_whether_it_was_rehearsed() -> None:
    fixed = replace(FINDING, cure="do it", rehearsed="with this, all is well")
    assert parts(fixed)[0::2] == [("fix", "do it"), ("rehearsed", "with this, all is well")]
    unsure = replace(FINDING, cure="do it", unrehearsed="it rains")
    assert parts(unsure)[-1] == ("not rehearsed", "it rains")
    assert len(parts(replace(FINDING, unrehearsed="it rains"))) == 1


def test_what_else_is_there_because_of_it_comes_last() -> None:
    assert parts(replace(FINDING, cure="do it", explains=("a", "b")))[-1] == ("explains", "a, b")


def test_what_a_server_does_for_a_zone_below_is_explained_by_a_cause_with_the_same_remedy() -> None:
    server, below = dns.name.from_text("ns1.example.com."), dns.name.from_text("sub.example.com.")
    remedy = Remedy(Blame.REGISTRAR, dns.name.from_text("com."))
    cause = replace(FINDING, code="glue-differs", server=server, remedy=remedy, explains=("unreachable",))
    effect = replace(FINDING, code="unreachable", zone=below, server=server, remedy=remedy)
    assert explained_by(effect, [cause]) == ("explained by", "glue-differs, in the verdict")
    others = (replace(effect, remedy=None), replace(effect, server=None), replace(effect, code="refuses"))
    assert [explained_by(other, [cause]) for other in others] == [None] * 3


@pytest.mark.parametrize("blame", list(Blame))
def test_the_operator_of_the_parent_is_named_where_the_remedy_says_which_that_is(blame: Blame) -> None:
    remedy = Remedy(blame, dns.name.from_text("com."))
    (*_, last) = parts(replace(FINDING, blame=blame, operator=remedy.where, cure="do it"))
    assert ("com, the parent zone" in last.text) is (blame is Blame.PARENT)


def test_octets_from_the_network_are_escaped() -> None:
    assert "\x1b" not in "".join(part.text for part in parts(replace(FINDING, cure="a\x1b[31m")))
