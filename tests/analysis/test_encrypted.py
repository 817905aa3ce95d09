"""What servers did over TLS compared with what they did in the clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dnstrace.analysis.encrypted import OverTls, certificate_of, is_for_server, is_like, over_tls
from dnstrace.lab.world import load
from dnstrace.model import ROOT, Exchange, Fault, Kind, Meaning
from dnstrace.model.taken import Encrypted
from tests.checks.checking import checked
from tests.replies import rrset

DATA = Meaning(Kind.ANSWER, 0, True, (rrset("www.example.com. 300 A 192.0.2.44"),))
OTHER = replace(DATA, answer=(rrset("www.example.com. 60 A 192.0.2.45"),))
TEXT = replace(DATA, answer=(rrset('www.example.com. 60 TXT "a"'),))
OTHER_TEXT = replace(DATA, answer=(rrset('www.example.com. 60 TXT "b"'),))
REFUSED = Meaning(Kind.REFUSED, 5)
CUT = Meaning(Kind.TRUNCATED, 0, True)
ALIAS = Meaning(Kind.ALIAS, 0, True, (rrset("www.example.com. 60 CNAME a.example.net."),))
OTHER_ALIAS = replace(ALIAS, answer=(rrset("www.example.com. 60 CNAME b.example.net."),))
LOST = Meaning(Kind.TIMEOUT)


def found() -> Encrypted:
    same = checked(load("adot")).encrypted or ()
    return next(each for each in same if over_tls(each) is OverTls.SAME)


def test_addresses_that_are_chosen_for_each_query_are_alike_and_other_data_are_not() -> None:
    assert is_like(ALIAS, OTHER_ALIAS) and not is_like(ALIAS, DATA)
    assert is_like(DATA, OTHER) and not is_like(TEXT, OTHER_TEXT) and not is_like(DATA, TEXT)
    assert not is_like(DATA, replace(DATA, authoritative=False))


@pytest.mark.parametrize(
    ("meaning", "plainly", "again", "way"),
    [
        (TEXT, TEXT, None, OverTls.SAME),
        (REFUSED, TEXT, TEXT, OverTls.DIFFERENT),
        (OTHER_TEXT, TEXT, TEXT, OverTls.DIFFERENT),
        (OTHER_TEXT, TEXT, OTHER_TEXT, OverTls.UNCOMPARED),  # changed in the meantime
        (OTHER_TEXT, TEXT, None, OverTls.UNCOMPARED),
        (TEXT, LOST, None, OverTls.UNCOMPARED),
        (TEXT, CUT, CUT, OverTls.UNCOMPARED),  # it did not fit into a datagram
    ],
)
def test_a_reply_is_different_only_from_two_that_agree(
    meaning: Meaning, plainly: Meaning, again: Meaning | None, way: OverTls
) -> None:
    assert over_tls(replace(found(), meaning=meaning, plainly=plainly, again=again)) is way


@pytest.mark.parametrize(
    ("fault", "secured", "way"),
    [
        (Fault.TIMEOUT, True, OverTls.NO_REPLY),
        (Fault.CONNECTION_LOST, True, OverTls.NO_REPLY),
        (Fault.CONNECTION_LOST, False, OverTls.FAILED),
        (Fault.PORT_UNREACHABLE, False, OverTls.REFUSED),
        (Fault.TIMEOUT, False, OverTls.SILENT),
        (Fault.HOST_UNREACHABLE, False, OverTls.SILENT),
    ],
)
def test_what_came_without_a_reply(fault: Fault, secured: bool, way: OverTls) -> None:
    answered = found()
    exchange = Exchange(
        answered.exchange.query, 0.0, 0.1, fault=fault, secured=answered.exchange.secured if secured else None
    )
    assert over_tls(replace(answered, exchange=exchange)) is way


def test_the_certificate_and_for_whom_it_is() -> None:
    shown = certificate_of(found())
    assert shown is not None and is_for_server(found())
    silent = replace(found(), exchange=replace(found().exchange, secured=None))
    assert certificate_of(silent) is None and is_for_server(silent) is False
    unnamed = replace(found(), server=ROOT)
    assert is_for_server(unnamed) is None
