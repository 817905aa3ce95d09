from dataclasses import replace

import pytest

from dnstrace.model import Attempt, Fault, Kind, Meaning, NameServer, Source, Step
from dnstrace.render.wording import attempt_line, marked, question_text, shown_name, source_words
from tests.render import traces
from tests.replies import name, rrset


def line(step: Step, index: int = 0) -> str:
    return attempt_line(step, index).plain


def with_meaning(kind: Kind) -> Step:
    step = traces.broken().steps[2]
    attempt = replace(step.attempts[7], meaning=Meaning(kind, rcode=5))
    return replace(step, attempts=(attempt,))


def test_the_server_chosen() -> None:
    assert line(traces.plain().steps[2]) == "ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue)"


@pytest.mark.parametrize("kind", Kind)
def test_every_meaning_has_words(kind: Kind) -> None:
    words = line(with_meaning(kind))
    assert "192.0.2.8 · " in words and "{" not in words


NO_ANSWER = [fault for fault in Fault if fault not in (Fault.MALFORMED, Fault.MISMATCH)]


@pytest.mark.parametrize("fault", NO_ANSWER)
def test_no_answer_is_not_a_wrong_answer(fault: Fault) -> None:
    words = line(with_meaning(Kind(fault)))
    assert "no answer" in words and "wrong" not in words


@pytest.mark.parametrize("fault", [Fault.MALFORMED, Fault.MISMATCH])
def test_a_wrong_answer_is_not_no_answer(fault: Fault) -> None:
    words = line(with_meaning(Kind(fault)))
    assert "wrong answer" in words and "no answer" not in words


def test_failures_have_a_sign_as_well_as_a_colour() -> None:
    broken = traces.broken().steps[2]
    signs = [line(broken, index)[0] for index in range(len(broken.attempts))]
    assert "".join(signs) == "✗!" + "✗" * 14 + "!" + "✗✗"
    assert line(traces.plain().steps[2])[0] == "n"


def test_what_the_reason_is_follows() -> None:
    story = traces.begin("www.example.com. A")
    lost = story.fault(
        "ns1.example.com.", "192.0.2.53", "example.com.", Fault.CONNECTION_LOST, 3, detail="re\x1bset"
    )
    story.step("example.com.", traces.ZONE, lost)
    assert line(story.steps[-1]).endswith("no answer: connection lost, re\\027set")


def test_a_reason_that_says_no_more_is_left_out() -> None:
    story = traces.begin("www.example.com. A")
    detail = "Network is unreachable"
    lost = story.fault("ns.", "192.0.2.53", "example.com.", Fault.NETWORK_UNREACHABLE, 0, detail=detail)
    story.step("example.com.", traces.ZONE, lost)
    assert line(story.steps[-1]).endswith("no answer: no route to this address")


def test_a_second_try_and_one_without_edns_say_so() -> None:
    attempt = traces.broken().steps[2].attempts[9]
    query = attempt.exchange.query
    bare = replace(attempt, exchange=replace(attempt.exchange, query=replace(query, edns=None)))
    step = replace(traces.broken().steps[2], attempts=(attempt, attempt, bare))
    assert line(step, 1).endswith("try 2")
    assert line(step, 2).endswith("asked without EDNS")
    assert "try" not in line(step, 0) + line(step, 2)


def test_stray_replies_are_counted() -> None:
    step = traces.plain().steps[2]
    attempt = step.attempts[0]
    flooded = replace(attempt, exchange=replace(attempt.exchange, mismatched=1200))
    assert line(replace(step, attempts=(flooded,))).endswith("1,200 stray replies ignored")


def test_a_lame_server_that_is_used_says_why() -> None:
    words = line(traces.lame().steps[2], 1)
    assert words.startswith("! ns2.example.com.")
    assert "lame: it is not authoritative and offers recursion; used because no server" in words


def test_another_usable_answer_is_kept() -> None:
    step = traces.plain().steps[2]
    assert line(replace(step, attempts=(step.attempts[0],) * 2), 1).count("answered too") == 1


def test_a_reply_to_a_query_without_edns_is_compared_without_what_signs_it() -> None:
    step = traces.plain().steps[1]
    chosen, cut = step.attempts[0], step.attempts[0].meaning.delegation
    assert cut is not None
    ds = rrset("example.com. 60 DS 1 13 2 " + "8A" * 32)
    signed = replace(chosen, meaning=replace(chosen.meaning, delegation=replace(cut, ds=ds)))
    plain = replace(chosen.exchange.query, edns=None)
    bare = replace(chosen, exchange=replace(chosen.exchange, query=plain))
    step = replace(step, attempts=(signed, chosen, bare), chosen=0, all_servers=True)
    assert "different answer: referral without DS records" in line(step, 1)
    assert "different" not in line(step, 2) and "answered too" in line(step, 2)


def test_tcp_is_said() -> None:
    step = traces.many_texts().steps[2]
    assert line(step, 0).endswith("truncated, retried over TCP · 8 ms")
    assert line(step, 1).endswith("16 ms over TCP · 1 of 2 (glue)")
    twice: Attempt = replace(step.attempts[1], meaning=Meaning(Kind.TRUNCATED_OVER_TCP))
    assert "wrong answer: truncated over TCP" in line(replace(step, attempts=(twice,), chosen=None))


def test_an_address_of_unknown_source_has_none() -> None:
    step = replace(traces.plain().steps[2], servers=(NameServer(name("other.")),))
    assert line(step).endswith("1 of 1")


def test_names_have_their_unicode_form_beside_them() -> None:
    assert shown_name(name("xn--bcher-kva.example.")).plain == "xn--bcher-kva.example. (bücher.example.)"
    assert question_text(traces.plain().question).plain == "www.example.com. A"


def test_sources() -> None:
    step = traces.plain().steps[0]
    given = traces.servers("ns.example. 192.0.2.1", source=Source.GIVEN)
    assert source_words(step) == "from the root hints"
    assert source_words(replace(step, servers=given)) == "given"
    assert source_words(traces.plain().steps[1]) == "zone cut already known"


def test_a_mark_is_for_states_only() -> None:
    assert marked("green", "fine").plain == "fine"


def test_hostile_server_text_is_harmless() -> None:
    assert line(traces.hostile().steps[2]).isprintable()


def test_a_reply_that_is_not_good_is_used_of_the_only_server_asked() -> None:
    step = traces.lame().steps[2]
    alone = replace(step, attempts=(step.attempts[1],) * 2, chosen=1)
    assert "offers recursion; used, since it is the only server asked" in line(alone, 1)
