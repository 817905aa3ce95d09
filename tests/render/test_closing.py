"""The last lines: the result without a word or a colour that reassures next to a failure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from dnstrace.analysis.expectations import judge, parse
from dnstrace.api import report
from dnstrace.lab.world import read
from dnstrace.model import Trace
from dnstrace.render.closing import closing_blocks, remarks, security_reason
from dnstrace.render.html_parts import dnssec
from dnstrace.render.tree import tree
from tests.checks.checking import checked, checked_by_name, made_of
from tests.cli.running import run
from tests.render import traces
from tests.render.looks import look

GREEN = "green"


def styled(trace: Trace) -> list[tuple[str, str]]:
    """Each line of the closing blocks, with all of its styles."""
    nodes = [node for block in closing_blocks(report(trace)) for node in block]
    return [
        (node.line.plain, " ".join(map(str, [node.line.style, *(span.style for span in node.line.spans)])))
        for node in nodes
    ]


def expecting(text: str) -> Trace:
    trace = traces.plain()
    return replace(trace, expectations=tuple(judge(trace, each) for each in parse(text)))


def test_a_success_is_green() -> None:
    (result, *_) = styled(traces.plain())
    assert result[0].startswith("192.0.2.44 · ") and GREEN in result[1]


@pytest.mark.parametrize("world", ["lame", "dnssec-missing-key", "resolver-servfail", "all-silent", "glue"])
def test_next_to_a_failure_nothing_is(world: str) -> None:
    assert not [line for line, style in styled(checked_by_name(world)) if GREEN in style]


def test_an_expectation_that_is_not_met_takes_the_green_from_the_result() -> None:
    assert any(GREEN in style for _, style in styled(expecting("a=192.0.2.44")))
    assert not any(GREEN in style for _, style in styled(expecting("a=192.0.2.45")))


def test_a_bogus_answer_that_all_paths_give_is_one_that_resolvers_reject() -> None:
    lines = [line for line, _ in styled(checked_by_name("dnssec-missing-key"))]
    assert "all paths give 192.0.2.44, which validating resolvers reject" in lines


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("answers-stale", "192.0.2.44 or 192.0.2.66 · "),
        ("soa-stale example.com SOA", "serial 2026011501 or serial 2026011400 · "),
    ],
)
def test_where_as_many_servers_say_the_one_as_the_other_neither_is_the_answer(
    words: str, result: str
) -> None:
    lines = run("--lab", *words.split(), "-a").out.splitlines()
    assert any(line.startswith(result) for line in lines)
    (paths,) = (at for at, line in enumerate(lines) if line.startswith("1 of 2 paths gives"))
    assert " at ns1.example.com, 1 of 2 gives" in " ".join(map(str.strip, lines[paths : paths + 2]))


def test_the_reason_why_an_answer_is_bogus_is_not_said_twice() -> None:
    assert "✗ bogus" in [line for line, _ in styled(checked_by_name("dnssec-keys-need-tcp"))]


def test_how_long_the_delegation_lives_is_said_where_it_has_to_be_changed() -> None:
    kept = "resolvers that ask now keep the delegation until 2026-01-17 14:00:00 UTC"
    assert kept in [line for line, _ in styled(checked_by_name("dnssec-missing-key"))]
    assert not any("keep the delegation" in line for line, _ in styled(checked_by_name("lame")))


def test_remarks_have_no_result() -> None:
    texts = [text.plain for text in remarks(report(checked_by_name("lame")))]
    assert texts[-1] == "an answer cached now lives until 14:05:00 UTC" and len(texts) == 2


def test_that_all_paths_give_an_answer_is_not_said_without_what_keeps_some_resolvers_from_it() -> None:
    for world, but in (
        ("own-servers-dead", ", through the name servers that the parent lists"),
        ("ent-nxdomain", ", if the whole name is asked for at once"),
        ("in-domain", ""),
    ):
        said = " ".join(look(tree(report(checked_by_name(world)))).split())
        _, _, rest = said.partition("all paths give 192.0.2.4")
        assert rest[1:].startswith(f"{but} 192.0.2.4")


def test_paths_are_those_of_the_delegation_that_was_followed_where_the_parents_servers_have_two() -> None:
    """One of them refers to the former host, which still answers for the zone with what it had."""
    text = read("in-domain")["zones"]["example.com."]["text"]
    hosts = {"a": "203.0.113.71", "b": "203.0.113.72"}
    zones: dict[str, dict[str, Any]] = {
        "example.com.": {"servers": ["ns1.example.com."]},
        "example.com. old": {
            "servers": ["ns2.example.com."],
            "text": text.replace("2026011501", "2026011401"),
        },
    }
    for (host, address), (zone, web) in zip(hosts.items(), (("", "44"), (" old", "66")), strict=True):
        added = f"sub NS {host}.sub\n{host}.sub A {address}\n"
        zones[f"example.com.{zone}"]["text"] = zones[f"example.com.{zone}"].get("text", text) + added
        own = f"@ SOA {host} h 1 7200 900 1209600 300\n@ NS {host}\n{host} A {address}\nwww A 192.0.2.{web}\n"
        zones[f"sub.example.com.{zone}"] = {"text": own}
    servers = {f"{host}.sub.example.com.": {"addresses": [address]} for host, address in hosts.items()}
    world = made_of("in-domain", question="www.sub.example.com. A", zones=zones, servers=servers)
    trace = checked(world, seed=1)
    assert "parent-servers-differ" in {each.code for each in trace.findings or () if each.is_error}
    said = " ".join(look(tree(report(trace))).split())
    assert re.search(r"all paths give 192.0.2.(44|66), through the delegation that was followed ", said)


def test_the_line_on_security_names_nobody_else_than_the_verdict_to_fix_it() -> None:
    found = report(checked_by_name("intercepted"))
    assert found.verdict is not None and "the operator of this network needs to" in found.verdict.text
    assert found.trace.judgement is not None and "operator of the root zone" in found.trace.judgement.reason
    assert security_reason(found).endswith("26 sent an empty reply")
    assert not any("the operator of" in line for line, _ in styled(found.trace) if "bogus" in line)
    assert "the operator of the root zone needs" not in dnssec(found).split("<svg")[0]
