"""Questions, queries and settings: what follows from their fields."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import dns.name
import dns.rdatatype
import pytest

from dnstrace.model import Name, Query, Question, Settings, Transport, family_of
from dnstrace.model.known_name import known
from tests.replies import name
from tests.schema_words import members, words

ASKED = Question(name("www.example.com."), dns.rdatatype.AAAA)


def test_a_question_reads_as_people_write_it() -> None:
    assert str(ASKED) == "www.example.com. AAAA"
    assert str(Question(name("x."), dns.rdatatype.RdataType.make(65280))) == "x. TYPE65280"


@pytest.mark.parametrize(("address", "family"), [("192.0.2.1", 4), ("2001:db8::1", 6), ("fe80::1%eth0", 6)])
def test_the_family_of_an_address(address: str, family: int) -> None:
    assert family_of(address) == family == Query(ASKED, address).family


def test_each_transport_has_its_port() -> None:
    assert {each: each.port for each in Transport} == {
        Transport.UDP: 53,
        Transport.TCP: 53,
        Transport.TLS: 853,
        Transport.HTTPS: 443,
    }
    assert members(Transport) == words("attempt", "properties", "transport")


def test_a_query_and_settings_are_alike_by_default() -> None:
    query, settings = Query(ASKED, "192.0.2.1"), Settings()
    assert (query.port, query.edns) == (settings.port, settings.edns)
    assert not query.recursion_desired and not query.checking_disabled


@pytest.mark.parametrize("kind", [dns.name.Name.canonicalize, known])
@pytest.mark.parametrize("text", ["www.example.", "WWW.Example.", "."])
def test_a_question_is_the_same_in_another_process_and_its_name_as_quick(
    text: str, kind: Callable[..., Name]
) -> None:
    asked = Question(kind(dns.name.from_text(text)), dns.rdatatype.AAAA)
    for found in (pickle.loads(pickle.dumps(asked)), copy.copy(asked), copy.deepcopy(asked)):
        assert found == asked and found.name.labels == asked.name.labels
        assert type(found.name) is type(asked.name)
