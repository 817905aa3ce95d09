from __future__ import annotations

from dataclasses import replace

import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace import api
from dnstrace.analysis.expectations import ExpectationError, judge, parse
from dnstrace.model import Outcome, Question, Trace
from dnstrace.model.expectations import Met
from dnstrace.model.judgement import Judgement
from dnstrace.model.security import Security
from tests.render import traces
from tests.replies import name, rrset


def met(trace: Trace, text: str) -> bool:
    return one(trace, text).met


def one(trace: Trace, text: str) -> Met:
    (expectation,) = parse(text)
    return judge(trace, expectation)


def texts(text: str) -> list[str]:
    return [each.text for each in parse(text)]


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=192.0.2.1", ["a=192.0.2.1"]),
        (" a=192.0.2.1, ttl>=5 ,,serial!=7 ", ["a=192.0.2.1", "ttl>=5", "serial!=7"]),
        ("mx=10 mail.example. ttl<=300", ["mx=10 mail.example.", "ttl<=300"]),
        ('txt="a=192.0.2.1, ttl>=5",zone=com', ['txt="a=192.0.2.1, ttl>=5"', "zone=com"]),
        ("https=1 . alpn=h2,h3 port=8443", ["https=1 . alpn=h2,h3 port=8443"]),
        ("OUTCOME = answer", ["OUTCOME = answer"]),
    ],
)
def test_several_are_separated(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'': no expectation given, such as a=192.0.2.44"),
        ("ttl", "'ttl': it has no operator, as in a=192.0.2.44"),
        ("ttl>5", "'ttl>5': use one of the operators"),
        ("ttl>=soon", "'ttl>=soon': ttl takes a whole number of seconds"),
        ("serial=4294967296", "'serial=4294967296': serial takes a 32-bit whole number"),
        ("outcome=lost", "'outcome=lost': outcome takes answer, nodata, nxdomain, referral or failed"),
        ("outcome>=answer", "'outcome>=answer': >= works only with numbers"),
        ("rcode=WRONG", "'rcode=WRONG': rcode takes an RCODE"),
        ("zone=a..b", "'zone=a..b': zone takes the name of a zone"),
        ("zone=", "'zone=': zone takes the name of a zone"),
        ("a=192.0.2.256", "'a=192.0.2.256': the value is not valid A data"),
        ("a=192.0.2.1,192.0.2.2", "'a=192.0.2.1,192.0.2.2': the value is not"),
        ("any=1", "'any=1': unknown word 'any'"),
        ("a=192.0.2.1,sreial>=1", "'a=192.0.2.1,sreial>=1': the value is not"),
        ("ttl>=1,sreial>=1", "'sreial>=1': unknown word 'sreial'"),
    ],
)
def test_errors_say_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(ExpectationError) as error:
        parse(text)
    assert str(error.value).startswith(why)


@given(st.text() | st.from_regex(r"[a-z]{1,6}(=|!=|>=|<=).*", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert parse(text)
    except ExpectationError as error:
        assert error.why


@pytest.mark.parametrize(
    ("text", "rdtype", "concerns"),
    [
        ("a=192.0.2.1", "A", True),
        ("a=192.0.2.1", "ANY", True),
        ("a=192.0.2.1", "MX", False),
        ("ns=a.example.", "MX", True),
        ("cname=a.example.", "MX", True),
        ("ttl>=1", "MX", True),
    ],
)
def test_what_a_question_can_tell(text: str, rdtype: str, concerns: bool) -> None:
    question = Question(name("example."), dns.rdatatype.from_text(rdtype))
    assert parse(text)[0].concerns(question) is concerns


# --- judging --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a=192.0.2.44",
        r"a=\# 4 c000022c",
        "a!=192.0.2.45",
        "ttl=300",
        "ttl>=300",
        "ttl<=300",
        "ns=NS1.example.com",
        "ns!=ns9.example.com.",
        "zone=EXAMPLE.com",
        "outcome=Answer",
        "outcome!=failed",
        "rcode=noerror",
        "rcode=0",
        "queries<=3",
    ],
)
def test_a_plain_trace_meets(text: str) -> None:
    assert met(traces.plain(), text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=192.0.2.45", 1),
        ("a!=192.0.2.44", 1),
        ("cname=www.example.com.", 0),
        ("ttl>=301", 1),
        ("ttl<=4m", 1),
        ("ttl>=1h", 1),
        ("ttl<=299", 1),
        ("ttl!=300", 1),
        ("zone=com.", 1),
        ("outcome=nodata", 1),
        ("rcode=NXDOMAIN", 1),
        ("queries>=99", 1),
        ("serial!=1", None),
        ("security=secure", None),
        ("security!=bogus", None),
    ],
)
def test_a_plain_trace_does_not_meet(text: str, found: int | None) -> None:
    judged = one(traces.plain(), text)
    assert not judged.met
    assert (None if judged.found is None else len(judged.found)) == found


def nodata(serial: int) -> Trace:
    soa = f"example.com. 600 SOA ns.example.com. host.example.com. {serial} 1 1 1 60"
    return traces.answer(outcome=Outcome.NODATA, authority=(soa,))


def test_the_ttl_of_a_negative_answer_is_the_lesser_one_of_its_soa() -> None:
    trace = nodata(7)
    assert met(trace, "ttl=60") and met(trace, "serial=7") and met(trace, "outcome=nodata")


def test_serials_are_compared_as_serials() -> None:
    """RFC 1982 section 3.2: after 4294967295 comes 0."""
    assert met(nodata(2), "serial>=4294967295") and not met(nodata(2), "serial<=4294967295")


def test_a_failure_tells_nothing_of_what_is_not_there() -> None:
    trace = replace(traces.plain(), outcome=Outcome.FAILED, answer=())
    assert one(trace, "a!=192.0.2.1") == Met(parse("a!=192.0.2.1")[0], False, None)
    assert met(trace, "outcome=failed") and not met(trace, "ttl>=0")


def test_the_security_is_that_of_the_judgement() -> None:
    trace = replace(traces.plain(), judgement=Judgement(Security.BOGUS, "", {}))
    assert met(trace, "security=bogus") and met(trace, "security!=secure")


def test_the_name_servers_are_those_of_the_answer_where_it_has_some() -> None:
    trace = replace(traces.plain(), answer=(rrset("example.com. 60 NS only.example."),))
    judged = one(trace, "ns=only.example")
    assert judged.met and judged.found is not None and len(judged.found) == 1


@pytest.mark.parametrize(
    ("asked", "rdtype", "above"),
    [
        ("gone.example.com.", "A", "ns=ns1.example.com"),
        ("gone.example.com.", "NS", "ns=ns1.example.com"),
        ("www.example.com.", "NS", "ns=ns1.example.com"),
        ("gone-example.com.", "NS", "ns=a.gtld-servers.net"),
        ("example.com.", "DS", f"ds=1 13 2 {'0' * 64}"),
    ],
)
def test_a_name_that_is_not_there_or_not_a_zone_has_no_records_of_the_zone_above(
    asked: str, rdtype: str, above: str
) -> None:
    trace = api.trace(asked, rdtype, lab="in-domain")
    assert one(trace, above).found == () and not met(trace, above) and met(trace, above.replace("=", "!="))


def test_records_of_a_delegation_that_leads_nowhere_are_known() -> None:
    for rdtype in ("NS", "A"):
        trace = api.trace("example.com.", rdtype, lab="all-refuse")
        assert met(trace, "ns=ns1.example.com")
        trace = replace(trace, question=replace(trace.question, name=name("sub.example.com.")))
        assert (one(trace, "ns!=ns9.example.com").found is None) is (rdtype == "NS")
