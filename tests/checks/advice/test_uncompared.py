"""Serials that do not show which version of a zone a server has."""

from __future__ import annotations

from datetime import timedelta

from dnstrace.checks import Level
from dnstrace.lab.world import load
from dnstrace.model.structs import replace
from tests.checks.checking import checked
from tests.checks.documented import found


def test_the_serials_of_several_primaries_are_not_compared() -> None:
    (finding,) = found("soa-differs", "soa-several-primaries")
    assert finding.level is Level.NOTICE
    assert "ns1.example.com with serial 2026011501 and ns1.example.net with serial 17" in finding.message
    (differ,) = found("answers-differ", "soa-several-primaries")
    assert "www.example.com AAAA differently: ns1.example.com" in differ.message


def test_serials_that_are_the_time_of_the_reply_are_no_old_versions() -> None:
    now = load("soa-clock")
    (told,) = [each for each in checked(now).findings or () if each.code == "soa-differs"]
    assert told.is_notice and told.server is None and "the time of the reply" in told.message
    assert told.cure.startswith("nothing, if")
    later = replace(now, now=now.now + timedelta(minutes=3))  # these serials are of an earlier time
    then = next(each for each in checked(later).findings or () if each.code == "soa-differs")
    assert not then.is_notice and "has an old version" in then.message
