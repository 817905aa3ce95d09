"""The verdict: one sentence on what is wrong, where and whose job it is; and how to see it again."""

from __future__ import annotations

from dataclasses import replace

import dns.name
import dns.rdatatype
import pytest

from dnstrace import trace
from dnstrace.checks import Blame
from dnstrace.checks.conclusions.verdict import verdict
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import (
    Attempt,
    Exchange,
    Fault,
    Kind,
    Meaning,
    Query,
    Settings,
)
from dnstrace.model.findings import Verdict
from dnstrace.model.limits import Limits
from tests.checks.checking import CHECKED, WALKED, checked, checked_by_name, made_of, walked, walked_in


def parts(found: Verdict | None) -> dict[str, str]:
    assert found is not None
    return {"blame": found.blame.value, "text": found.text, "reproduce": found.reproduce}


@pytest.mark.parametrize("world", WALKED)
def test_a_walk_that_came_to_nothing_says_why(world: str) -> None:
    assert parts(verdict(walked(world))) == WALKED[world]


@pytest.mark.parametrize("world", CHECKED)
def test_a_check_that_found_something_says_what_matters_most(world: str) -> None:
    assert parts(verdict(checked(load(world)))) == CHECKED[world]


@pytest.mark.share(3)
@pytest.mark.parametrize("world", names())
def test_there_is_a_verdict_where_and_only_where_something_is_wrong(world: str) -> None:
    found = walked(world)
    bogus = found.judgement is not None and found.judgement.security.value == "bogus"
    assert (verdict(found) is not None) is (bogus or load(world).expect.outcome == "failed")


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_records_come_with_what_to_do_with_them_and_whether_that_was_tried(world: str) -> None:
    plain = verdict(walked(world))
    if plain is not None:
        assert bool(plain.records) is bool(plain.cure) is bool(plain.unrehearsed)
    if (full := verdict(checked_by_name(world))) is not None:
        assert bool(full.records) is bool(full.cure)


def test_notices_alone_make_no_verdict() -> None:
    assert checked(load("dnssec-island")).findings
    assert verdict(checked(load("dnssec-island"))) is None


def test_a_bound_of_our_own_is_nobodys_fault_if_nothing_else_is_known() -> None:
    for limits in (Limits(max_queries=2), Limits(deadline=0.05)):
        found = verdict(
            trace("www.example.com", network=LabNetwork(load("all-refuse")), limits=limits, seed=1)
        )
        assert found is not None and found.blame is Blame.NOBODY, found


def test_a_bound_of_our_own_is_not_the_cause_if_another_is_known() -> None:
    limits = Limits(max_queries=3)
    found = verdict(trace("www.example.com", network=LabNetwork(load("all-refuse")), limits=limits, seed=1))
    assert found is not None and found.blame is Blame.HOST
    assert found.text.startswith("no answer: ns1.example.com refuses to answer for www.example.com A")
    assert "(1 of 2 name servers; the limit of 3 queries is reached; shown by" in found.text


class Deaf(LabNetwork):
    """A network in which every query meets the same fault."""

    fault = Fault.TIMEOUT

    async def exchange(self, query: Query, timeout: float) -> Exchange:
        return await self._timed_out(Exchange(query, 0.0, timeout, fault=self.fault))


class NoRoute(Deaf):
    fault = Fault.NETWORK_UNREACHABLE


UNHEARD = (
    "no answer: no root server replies ({} asked): no DNS query from this network gets through;"
    " the operator of this network needs to fix this"
)
NOWHERE = (
    "no answer: this machine has no route to any of the addresses;"
    " the operator of this network needs to fix this"
)


@pytest.mark.parametrize(
    ("network", "server", "blame", "text"),
    [
        (Deaf, None, Blame.NETWORK, UNHEARD.format("26 addresses")),
        (NoRoute, None, Blame.NETWORK, NOWHERE),
        (NoRoute, "192.0.2.1", Blame.NETWORK, NOWHERE),
        (
            Deaf,
            "192.0.2.1",
            Blame.NOBODY,
            "no answer: the starting server 192.0.2.1 does not answer (shown by",
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_where_nobody_replies_no_zone_is_blamed_nor_called_bogus(
    network: type[Deaf], server: str | None, blame: Blame, text: str, check: bool
) -> None:
    world, settings = load("textbook"), Settings(all_servers=check, probe=check)
    anchors = parse_anchors(world.anchors_text, "textbook") if check else None
    found = verdict(
        trace("www.example.com", network=network(world), server=server, settings=settings, anchors=anchors,
              now=world.now, seed=1)
    )  # fmt: skip
    assert found is not None and found.text.startswith(text), found
    assert (found.blame, found.zone) == (blame, None)


def test_a_given_server_that_is_of_no_use_is_no_root_server() -> None:
    found = verdict(trace("www.example.com", network=LabNetwork(load("all-refuse")), server="192.0.2.53"))
    assert found is not None and found.blame is Blame.NOBODY
    assert found.text == (
        "no answer: the starting server 192.0.2.53 gives no usable answer: REFUSED"
        " (shown by www.example.com A at 192.0.2.53)"
    )


def test_what_a_record_lacks_is_nobodys_fault() -> None:
    found = walked("all-silent")
    lacking = [
        replace(step, attempts=tuple(map(_unrecorded, step.attempts))) if step.zone == ZONE else step
        for step in found.steps
    ]
    said = verdict(replace(found, steps=tuple(lacking)))
    assert said is not None and said.blame is Blame.NOBODY


def _unrecorded(attempt: Attempt) -> Attempt:
    exchange = replace(attempt.exchange, fault=Fault.NOT_RECORDED, message=None)
    return replace(attempt, exchange=exchange, meaning=Meaning(Kind.NOT_RECORDED))


SILENT = {"does": ["silent"]}
ZONE = dns.name.from_text("example.com.")
LEFT = """\
@ 900 SOA ns1 hostmaster 2026011501 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
ns3 A 203.0.113.53
www 300 A 192.0.2.44
"""


def test_a_signed_zone_whose_servers_are_silent_is_not_called_bogus() -> None:
    made = made_of("dnssec-good", servers={"ns1.example.com.": SILENT, "ns2.example.com.": SILENT})
    for check in (False, True):
        said = verdict(checked(made) if check else walked_in(made))
        assert said is not None
        what = "at " if check else "queries for www.example.com A at "
        assert said.text.startswith(f"no answer: ns1.example.com does not answer {what}")
        found = "; found: 2 errors" if check else ""
        shown = "shown by www.example.com A at 192.0.2.53"
        assert said.text.endswith(f"needs to fix this (both name servers; {shown}){found}")


@pytest.mark.parametrize("does", [["refuses"], ["silent"]])
def test_a_server_that_only_the_parent_still_names_is_for_the_registrar(does: list[str]) -> None:
    parent = "".join(
        f"example NS ns{n}.example.com.\nns{n}.example A {address}\n"
        for n, address in enumerate(("192.0.2.53", "198.51.100.53", "203.0.113.53"), 1)
    )
    left = {"addresses": ["203.0.113.53"], "rtt": 9, "does": does}
    found = checked(
        made_of(
            "_internet",
            servers={
                "ns1.example.com.": {"addresses": ["192.0.2.53"], "rtt": 15},
                "ns2.example.com.": {"addresses": ["198.51.100.53"], "rtt": 24},
                "ns3.example.com.": left,
            },
            zones={"com.": {"add": parent}, "example.com.": {"text": LEFT}},
        )
    )
    said = verdict(found)
    assert said is not None and said.blame is Blame.REGISTRAR
    assert str(said.server) == "ns3.example.com."
    assert ", because com and example.com list different name servers: only com lists ns3" in said.text
    assert said.text.endswith(
        "registrar of example.com (1 of 3 name servers; shown by www.example.com A at 203.0.113.53);"
        " found: 1 error, 1 warning"
    )
    assert said.summary[0].endswith(" (ns3.example.com)") and said.summary[1] == "warning: ns-differs"
    assert said.records == (
        "example.com. 172800 IN NS ns1.example.com.",
        "example.com. 172800 IN NS ns2.example.com.",
    )


def test_an_address_out_of_date_is_for_the_registrar_with_the_one_to_publish() -> None:
    found = verdict(checked(load("parent-child-differ")))
    assert found is not None and found.blame is Blame.REGISTRAR
    assert found.records == ("ns1.example.com. 172800 IN A 203.0.113.53",)


def test_what_is_under_way_or_interrupted_has_no_verdict() -> None:
    found = walked("all-refuse")
    assert verdict(replace(found, interrupted=True)) is None
    assert verdict(replace(found, outcome=None)) is None


def test_the_records_to_publish_are_those_of_the_finding() -> None:
    found = verdict(checked(load("glue")))
    assert found is not None and found.records == ("ns3.example.com. 172800 IN A 203.0.113.53",)


def test_look_ups_without_end_are_for_whoever_lists_the_name_servers() -> None:
    found = verdict(walked("endless"))
    assert found is not None and found.blame is Blame.PARENT
    assert str(found.operator) == "example.com."
    assert found.text.startswith(
        "no answer: no name server can be found: www.example.com needs x1.example.com, "
    )


@pytest.mark.parametrize("does", ["lame", "empty", "upward", "refuses"])
def test_a_signed_zone_that_no_server_serves_is_lame_rather_than_broken(does: str) -> None:
    servers = {f"ns{number}.example.com.": {"does": [does]} for number in (1, 2)}
    trace = checked(made_of("dnssec-good", servers=servers))
    found = verdict(trace)
    assert found is not None and (str(found.server), found.blame) == ("ns1.example.com.", Blame.HOST)
    main = next(finding for finding in trace.findings or () if finding.server == found.server)
    assert main.message in found.text and main.code != "chain-broken"


def test_a_ds_record_and_the_keys_are_shown_by_a_query_each() -> None:
    found = verdict(walked("dnssec-missing-key"))
    assert found is not None
    at_parent, at_zone = found.reproduce.split("\n")
    assert " example.com. DS " in at_parent and " example.com. DNSKEY " in at_zone


def test_one_operator_only_is_named() -> None:
    """The reason of the judgement leaves it to the finding to say who acts."""
    trace = walked("dnssec-missing-key")
    assert trace.judgement is not None and "needs to" not in trace.judgement.reason


def test_servers_that_differ_are_shown_by_a_query_to_each() -> None:
    found = verdict(checked(load("answers-differ")))
    assert found is not None
    first, second = (line.split()[1] for line in found.reproduce.split("\n"))
    assert first != second


def test_the_same_server_is_named_once() -> None:
    trace = checked(load("refuses"))
    (finding,) = trace.findings or ()
    found = verdict(replace(trace, findings=(finding, replace(finding, message="again"))))
    assert found is not None and "the same goes for" not in found.text
    assert found.text.endswith("; found: 2 errors")
