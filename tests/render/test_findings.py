"""What is wrong, and the verdict, as blocks of the tree."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import dns.name
import pytest

from dnstrace.api import report
from dnstrace.checks import Blame, Finding, Level
from dnstrace.dnssec.anchors import root_anchors
from dnstrace.lab.world import load, names
from dnstrace.model import Outcome, Trace
from dnstrace.render.findings import finding_nodes
from dnstrace.render.html_page import html_page
from dnstrace.render.html_parts import verdict as verdict_of_page
from dnstrace.render.tree import tree
from tests import many_servers
from tests.checks.checking import checked, checked_by_name, walked, walked_in
from tests.render import traces
from tests.render.looks import console, look

GLUE = Finding(
    code="glue-differs",
    level=Level.ERROR,
    zone=dns.name.from_text("example.com."),
    server=None,
    message="com has 192.0.2.53 as the glue for ns1.example.com, but its own zone has 203.0.113.53",
    steps=(2,),
    references=(),
    blame=Blame.REGISTRAR,
    cure="change the glue for ns1.example.com to 203.0.113.53",
    records=("ns1.example.com. 172800 IN A 203.0.113.53",),
    rehearsed="with this, 4 of 4 paths give 192.0.2.44, secure",
)
BARE = replace(
    GLUE,
    code="bare",
    level=Level.WARNING,
    blame=Blame.NOBODY,
    message="it is so",
    cure="",
    records=(),
    rehearsed="",
)
NOTED = replace(
    BARE,
    code="noted",
    level=Level.NOTICE,
    blame=Blame.PARENT,
    cure="move it",
    operator=dns.name.from_text("com."),
    unrehearsed="a server has to be changed first",
)

LONG = {"huge", "endless-dname", "ns-names", "packet-loss"}
"""The worlds with more addresses, longer names or more servers in trouble, of more kinds, than fit."""

WIDE = """\
! warning bare: it is so
! warning moved: it is so
    fix, not rehearsed: move it
    ns1.example.com. 60 IN A 192.0.2.1
    who: the operator of com, the parent zone
notice noted: it is so
"""
UNFOLDED = """\
✗ error glue-differs: com has 192.0.2.53 as the glue for
  ns1.example.com, but its own zone has 203.0.113.53
    fix: change the glue for ns1.example.com to 203.0.113.53
    ns1.example.com. 172800 IN A 203.0.113.53
    who: the owner of example.com, at its registrar
    rehearsed: with this, 4 of 4 paths give 192.0.2.44,
        secure
! warning bare: it is so
notice noted: it is so
    fix: move it
    who: the operator of com, the parent zone
    not rehearsed: a server has to be changed first
"""
VERDICT = """\
✗ verdict: com has 192.0.2.53 as the glue for ns1.example.com, but its own zone
  has 203.0.113.53; fix this at the registrar of example.com (shown by
  www.example.com A at 192.33.14.30); found: 1 error, 1 notice #2
    fix: change the glue for ns1.example.com to 203.0.113.53
    ns1.example.com. 172800 IN A 203.0.113.53
    who: the owner of example.com, at its registrar
    rehearsed: with this, 4 of 4 paths give 192.0.2.44, secure
    error: glue-differs
    notice: noted
    dig @192.33.14.30 www.example.com. A +norecurse +dnssec
    dnstrace --explain glue-differs
"""


def found(*findings: Finding) -> Trace:
    """The plain walk, with findings."""
    return replace(traces.plain(), findings=findings)


def blocks(trace: Trace, width: int = 80, verbose: bool = False) -> list[str]:
    """What the tree consists of, between blank lines."""
    return [
        f"{block.rstrip()}\n" for block in look(tree(report(trace), verbose=verbose), width).split("\n\n")
    ]


def printed(trace: Trace, width: int) -> list[str]:
    """The lines as the command prints them: rich itself crops none."""
    drawn = console(width)
    drawn.print(tree(report(trace)), crop=False)
    assert isinstance(drawn.file, io.StringIO)
    return drawn.file.getvalue().splitlines()


def test_each_finding_but_the_verdicts_has_its_fix_records_and_who_acts_beneath() -> None:
    moved = replace(NOTED, code="moved", level=Level.WARNING, records=("ns1.example.com. 60 IN A 192.0.2.1",))
    assert WIDE in blocks(found(GLUE, BARE, moved, NOTED))


def test_verbose_all_of_each_finding_is_there() -> None:
    assert UNFOLDED in blocks(found(GLUE, BARE, NOTED), 60, verbose=True)


def test_the_verdict_is_the_last_block() -> None:
    assert blocks(found(GLUE, NOTED))[-1] == VERDICT


def test_in_ascii_there_is_nothing_else() -> None:
    drawn = look(tree(report(found(GLUE, BARE)), ascii_only=True), 80)
    assert drawn.isascii()
    assert "\n! warning bare: it is so\n" in drawn
    assert "\nx verdict: com has" in drawn


def test_no_finding_is_one_line() -> None:
    made = replace(report(found()), reservation="")
    (node,) = finding_nodes(made)
    assert node.line.plain.endswith(" rules found nothing wrong") and not node.children


def test_what_was_not_seen_is_added_to_that_line() -> None:
    silent = "2 of 4 name servers of example.com were not heard"
    (node,) = finding_nodes(replace(report(found()), reservation=silent))
    assert node.line.plain.endswith(f"found nothing wrong, but {silent}")
    assert f"found nothing wrong, but {silent}." in html_page(replace(report(found()), reservation=silent))


def test_without_a_check_there_is_no_line() -> None:
    drawn = look(tree(report(traces.plain())), 80)
    assert "found nothing wrong" not in drawn and "verdict" not in drawn


def test_notices_alone_make_no_verdict() -> None:
    assert "verdict" not in look(tree(report(found(NOTED))), 80)


def test_a_trace_under_way_or_stopped_has_findings_but_no_verdict() -> None:
    for trace in (replace(found(GLUE), outcome=None), replace(found(GLUE), interrupted=True)):
        drawn = look(tree(report(trace)), 80)
        assert "glue-differs" in drawn and "verdict" not in drawn


def test_a_warning_is_not_as_loud_as_an_error() -> None:
    assert "\n! verdict: it is so (shown by" in look(
        tree(report(found(replace(BARE, code="ns-differs")))), 80
    )
    assert "\n✗ verdict: it is so (shown by" in look(
        tree(report(found(replace(BARE, code="ns-differs", level=Level.ERROR)))), 80
    )


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("world", ["glue", "parent-child-differ", "dnssec-missing-key"])
def test_only_text_to_be_copied_is_wider_than_the_terminal(world: str, width: int) -> None:
    trace = checked(load(world))
    told = (finding for finding in trace.findings or () if not finding.is_notice or finding.rehearsed)
    copied = {record for finding in told for record in finding.records}
    lines = printed(trace, width)
    assert all(len(line) <= width or line.strip() in copied or "dig @" in line for line in lines)
    assert all(any(line.strip() == record for line in lines) for record in copied)
    commands = [line for line in lines if line.startswith("    dig @")]
    assert len(commands) == 2 and commands == lines[-3:-1] and lines[-1].startswith("    dnstrace --explain ")


def test_without_a_check_the_verdict_has_the_records_and_that_they_were_not_tried() -> None:
    last = blocks(walked("dnssec-missing-key"))[-1].splitlines()
    assert last[0].startswith("✗ verdict: validating resolvers give no answer: com has a DS record for key")
    assert last[-7] == "    fix: replace the DS records of example.com"
    assert last[-6].startswith("    example.com. 172800 IN DS ")
    assert last[-5] == "    not rehearsed: only --check asks all servers, and tries a fix where it can"
    assert last[-4] == "    who: the owner of example.com, at its registrar"
    assert " example.com. DS " in last[-3] and " example.com. DNSKEY " in last[-2]
    assert last[-1] == "    dnstrace --explain ds-without-dnskey"


def test_without_a_check_what_to_do_next_is_not_called_a_fix() -> None:
    last = blocks(walked("all-refuse"))[-1]
    assert "    next: trace with --check: it asks all servers" in last and "fix:" not in last
    page = verdict_of_page(report(walked("all-refuse")))
    assert "next: " in page and "fix: " not in page
    other = walked_in(load("dnssec-good"), anchors=root_anchors())
    assert "fix: compare the trust anchor" in blocks(other)[-1] and "--check" not in blocks(other)[-1]


@pytest.mark.share(4)
@pytest.mark.parametrize("name", [name for name in names() if name not in LONG])
def test_a_check_fits_two_screens(name: str) -> None:
    """Of 29 lines. A fourth finding, a second zone, a third host looked up or of one side only takes more."""
    trace = checked_by_name(name)
    findings = max(len(trace.findings or ()) - 3, 0)
    zones = max(len(report(trace).reconciliation) - 1, 0)
    servers = [server for zone in report(trace).reconciliation for server in zone.servers]
    text = printed(trace, 80)
    hosts = max(sum("has no usable glue" in line for line in text) - 2, 0)
    apart = max(sum(False in (server.parent, server.zone) for server in servers) - 2, 0)
    assert len(text) <= 2 * 29 + 2 * hosts + 3 * apart + 6 * findings + 8 * zones


@pytest.mark.parametrize(
    "name", ["dnssec-missing-key", "dnssec-keys-need-tcp", "resolver-servfail", "all-drip"]
)
def test_nothing_reassuring_stands_next_to_a_failure(name: str) -> None:
    drawn = look(tree(report(checked_by_name(name))), 80, color=True)
    last = drawn[drawn.index("\n\n", drawn.index("by server")) :]
    assert "\x1b[32m" not in last and "\x1b[1;32m" not in last  # green
    if "validating resolvers return SERVFAIL" in last:
        assert "192.0.2.44, which validating resolvers reject" in last


HOSTILE = "\x1b[2J\u202egnp.\r\n verdict: all is well\x07"
SHOWN = "\\027[2J\\u{202e}gnp.\\013\\010 verdict: all is well\\007"


@pytest.mark.parametrize("part", ["message", "cure", "records"])
def test_text_from_the_network_does_nothing_to_the_terminal(part: str) -> None:
    change: dict[str, Any] = {part: (HOSTILE,) if part == "records" else HOSTILE}
    hostile = replace(GLUE, **change)
    for trace in (found(hostile), replace(found(hostile), outcome=Outcome.FAILED, error="why")):
        drawn = look(tree(report(trace)), 400)
        assert SHOWN in drawn
        assert not set(drawn) & set("\x1b\u202e\r\x07")


def test_the_steps_of_the_verdict_have_the_same_ids_in_the_tree() -> None:
    for world in ("lame", "soa-stale", "dnssec-keys-need-tcp", "dnssec-missing-key"):
        drawn = look(tree(report(checked_by_name(world))), 140)
        above, _, verdict = drawn.partition("verdict: ")
        found = report(checked_by_name(world)).verdict
        assert found is not None
        assert re.findall(r" #(\d+)", verdict) == [str(number) for number in found.steps][:4]
        assert set(re.findall(r" #(\d+)", above)) == {str(number) for number in found.steps}


def test_with_a_story_all_steps_of_the_walk_have_their_ids() -> None:
    drawn = look(tree(report(walked("textbook")), explain=True), 140)
    assert {int(number) for number in re.findall(r" #(\d+)", drawn)} == {1, 2, 3, 4, 5}


def test_all_changes_that_a_rehearsal_made_are_shown() -> None:
    found = [
        finding for finding in checked_by_name("glue").findings or () if "5 changes" in finding.rehearsed
    ]
    drawn = " ".join(look(tree(report(checked_by_name("glue"))), 400).split())
    assert len(found) == 5 and all(finding.cure in drawn for finding in found)


def test_what_the_cause_explains_has_no_fix_of_its_own_and_no_records_stand_twice() -> None:
    for world, explained in (("recursive", "lame-server"), ("dnssec-cut-at-alias", "chain-broken")):
        text = "\n".join(blocks(checked_by_name(world)))
        above, verdict = text.split("verdict: ")
        assert f"error {explained}: " in above and "    explained by: " in above
        assert verdict.count("fix: ") == 1 and f"explains: {explained}" in verdict
    text = "\n".join(blocks(checked_by_name("dnssec-cds-contradicts")))
    assert text.count(" IN CDS ") == text.count(" IN CDNSKEY ") == 1
    assert text.count("fix") == 3  # one is "needs to fix"


def test_servers_that_only_the_zone_lists_may_give_way_to_those_that_its_parent_lists() -> None:
    text = " ".join("\n".join(blocks(checked_by_name("own-servers-dead"))).split())
    instead = "or list ns1.example.com and ns2.example.com in the NS records of example.com instead"
    assert text.count(instead) == 1


def test_many_servers_and_records_alike_are_folded_and_verbose_unfolds_them() -> None:
    shown = report(checked(many_servers.inside(40, 2, 40, 2)))
    short, long = (look(tree(shown, verbose=verbose)).splitlines() for verbose in (False, True))
    records = {line for line in long if re.match(r" {4}\S+ 172800 IN (NS|A) ", line)}
    assert len(records) == 78 and len(records & set(short)) == 8
    assert "    ... and 70 more records: -v shows them all" in short
    servers = [line for line in long if re.match(r" n\d+\.example\.com\. ", line)]
    assert len(servers) == 40 and len(short) < 60
    assert verdict_of_page(shown).count(" IN NS n") == 40
