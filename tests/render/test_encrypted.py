"""What servers did over TLS, in the tree: a line for each that has it, the others counted."""

from __future__ import annotations

import re
from dataclasses import replace

from dnstrace.lab.tls import Tls
from dnstrace.lab.world import load
from dnstrace.model import Trace
from dnstrace.render.encrypted import encrypted_nodes
from tests.checks.checking import checked


def lines(trace: Trace, verbose: bool = False) -> list[str]:
    (head,) = encrypted_nodes(trace, verbose)
    return [line.line.plain for node in head.children for line in (node, *node.children)]


def test_servers_that_answer_have_a_line_and_the_others_are_counted() -> None:
    root, first, com, zone, *servers = lines(checked(load("adot")))
    assert root == "the root zone ─ 2 of 26 addresses answer over TLS · port closed at 24"
    assert com == "com ─ none of 26 addresses answers over TLS · port closed"
    assert zone == "example.com ─ all 4 addresses answer over TLS"
    assert "b.root-servers.net. 170.247.170.2, 2801:1b8:10::b answers" in first and "trusted here" in first
    assert len(servers) == 2 and "valid until 2026-12-31, self-signed" in servers[0]


def test_what_is_wrong_is_marked_and_comes_first() -> None:
    shown = lines(checked(load("adot-faulty")))
    marks = [line.startswith("! ") for line in shown]
    assert marks == [False, False, False, True, True, False]
    assert "gives another answer than in the clear" in shown[3] and "does not reply" in shown[4]
    assert "expired 2026-01-12" in shown[5]


def test_many_servers_are_folded_and_all_of_them_shown_on_request() -> None:
    world = load("adot")
    servers = tuple(replace(each, tls=Tls(names=("a.test",))) for each in world.servers)
    trace = checked(replace(world, servers=servers))
    folded = lines(trace)
    assert any(re.match(r"9 more servers with TLS · ", line) for line in folded)
    assert "(not this server)" in folded[1]
    assert len(lines(trace, verbose=True)) == 3 + 56


def test_text_from_the_network_is_escaped() -> None:
    trace = checked(load("adot"))
    (each, *_) = (e for e in trace.encrypted or () if e.exchange.secured)
    assert each.exchange.secured is not None
    odd = replace(each.exchange.secured, version="\x1b[31m", distrust="\x1b[31m")
    shown = lines(replace(trace, encrypted=(replace(each, exchange=replace(each.exchange, secured=odd)),)))
    assert "\x1b" not in "".join(shown)


def test_where_the_trace_ended_early_what_has_no_result_is_counted() -> None:
    whole = checked(load("adot"))
    (*first, last), found = whole.encrypted or (), len(whole.encrypted or ())
    cut = lines(replace(whole, encrypted=tuple(first)))
    assert "example.com ─ all 3 addresses answer over TLS · no result from 1 more" in cut
    assert (
        cut[-1].startswith("! the trace ended before every address had replied") and "--deadline" in cut[-1]
    )
    of_root = tuple(each for each in whole.encrypted or () if each.zone != last.zone)
    assert len(of_root) == found - 4
    assert "example.com ─ no result from 4 addresses" in lines(replace(whole, encrypted=of_root))
    assert not any("no result" in line for line in lines(whole))
