import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pyte
import pytest
from rich.cells import cell_len

from dnstrace.analysis.expectations import judge, parse
from dnstrace.api import report, trace
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load, names
from dnstrace.model import Outcome, Purpose, Settings, Trace
from dnstrace.render.tree import tree
from tests.conftest import drawn
from tests.render import traces
from tests.render.looks import look
from tests.replies import rrset

WIDTHS = (60, 80, 100, 140, 200)


def test_the_whole() -> None:
    assert look(tree(report(traces.plain())), 80) == (
        "www.example.com. A\n"
        "\n"
        ". ─ a.root-servers.net. 198.41.0.4 · 12 ms · 1 of 13 (hint)\n"
        "└─ com. ─ NS \N{MULTIPLICATION SIGN}3 · TTL 2d · signed\n"
        "   ├─ b.gtld-servers.net. 192.33.14.30 · 21 ms · 1 of 3 (glue)\n"
        "   └─ example.com. ─ NS \N{MULTIPLICATION SIGN}2 · TTL 2d · unsigned\n"
        "      ├─ ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue)\n"
        "      └─ www.example.com. 5m A 192.0.2.44   authoritative\n"
        "\n"
        "192.0.2.44 · 3 zones · 3 queries · 41 ms\n"
        "an answer cached now lives until 14:04:12 UTC\n"
    )


def test_at_sixty_columns() -> None:
    assert look(tree(report(traces.nxdomain())), 60).splitlines()[4:] == [
        "   ├─ b.gtld-servers.net. 192.33.14.30 · 21 ms",
        "   │      · 1 of 3 (glue)",
        "   └─ example.com. ─ NS \N{MULTIPLICATION SIGN}2 · TTL 2d · unsigned",
        "      ├─ ns1.example.com. 192.0.2.53 · 8 ms · 1 of 2 (glue)",
        "      └─ nope.example.com. ─ NXDOMAIN, no such name",
        "         │   authoritative",
        "         └─ example.com. 15m SOA · MINIMUM 1d",
        "                · negative TTL 15m",
        "",
        "NXDOMAIN · 3 zones · 3 queries · 41 ms",
        "a negative answer cached now lives until 14:14:12 UTC",
    ]


@pytest.mark.share(4)
@pytest.mark.parametrize("world", names())
def test_every_step_that_the_verdict_names_is_in_the_tree_unless_it_is_folded(world: str) -> None:
    asked = load(world).question
    shown = report(trace(asked.name, asked.rdtype, network=LabNetwork(load(world)), seed=1))
    above, _, verdict = look(tree(shown)).partition("verdict: ")
    named = re.findall(r" #(\d+)", " ".join(verdict.partition("\n    ")[0].split()))
    hidden = [number for number in named if not re.search(rf" #{number}\b", above)]
    lookups = {str(step.id) for step in shown.trace.steps if step.purpose is Purpose.NS_ADDRESS}
    assert not hidden or (" more name servers without usable glue: " in above and lookups.issuperset(hidden))


def test_the_seed_is_shown_with_all_there_is() -> None:
    shown = report(traces.plain())
    assert f" · --seed {shown.trace.seed}\n" in look(tree(shown, verbose=True))
    assert "--seed" not in look(tree(shown))


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("which", traces.ALL)
def test_no_line_is_wider_than_the_terminal(which: str, width: int, verbose: bool, ascii_only: bool) -> None:
    lines = look(tree(report(traces.ALL[which]()), verbose=verbose, ascii_only=ascii_only), width).split("\n")
    assert max(map(cell_len, lines)) <= width
    assert all(map(str.isprintable, lines))
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(width: int) -> None:
    trace = traces.long_names()
    drawn = "".join(look(tree(report(trace)), width).translate({ord(sign): None for sign in " │\n"}).split())
    assert str(trace.question.name) in drawn
    assert str(trace.answer[0][0]) in drawn


@pytest.mark.parametrize("which", [which for which in traces.ALL if which != "international"])
def test_ascii_only(which: str) -> None:
    assert look(tree(report(traces.ALL[which]()), ascii_only=True)).isascii()


def test_no_unicode_names_where_there_is_only_ascii() -> None:
    assert look(tree(report(traces.international()), ascii_only=True)).isascii()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_delegation_at_each_of_120_labels(width: int) -> None:
    lines = look(tree(report(traces.deep(120))), width).split("\n")
    assert max(map(cell_len, lines)) <= width
    assert sum("ns.example.net. 192.0.2.7" in line for line in lines) >= 100


def test_many_levels_need_no_recursion() -> None:
    code = (
        "import sys; from tests.render import traces; from tests.render.looks import look;"
        "from dnstrace.api import report; from dnstrace.render.tree import tree;"
        "found = report(traces.deep(120)); sys.setrecursionlimit(180); print(len(look(tree(found), 80)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- the last lines ---------------------------------------------------------------------------


def last_lines(trace: object) -> list[str]:
    """The lines that say what it came to, without the verdict."""
    blocks = look(tree(report(trace)), 120).split("\n\n")  # type: ignore[arg-type]
    return next(block for block in reversed(blocks) if "verdict: " not in block).splitlines()


def test_negative_answers_live_for_the_negative_ttl() -> None:
    assert last_lines(traces.nodata()) == [
        "NODATA · 3 zones · 3 queries · 41 ms",
        "a negative answer cached now lives until 14:14:12 UTC",
    ]


def test_the_least_ttl_of_the_chain_counts() -> None:
    assert last_lines(traces.alias()) == [
        "192.0.2.99 · 5 zones · 6 queries · 82 ms",
        "an answer cached now lives until 14:00:12 UTC",
    ]


def test_another_day_has_its_date() -> None:
    late = replace(traces.plain(), started=traces.STARTED + timedelta(hours=10))
    assert last_lines(late)[-1] == "an answer cached now lives until 2025-06-02 00:04:12 UTC"


def test_an_answer_lives_from_the_end_of_the_trace() -> None:
    slow = replace(traces.plain(), stats=replace(traces.plain().stats, duration=1.5))
    assert last_lines(slow)[-1] == "an answer cached now lives until 14:04:13 UTC"


def test_a_ttl_of_zero_is_not_cached() -> None:
    trace = traces.answer("www.example.com. 0 A 192.0.2.44")
    assert last_lines(trace)[-1] == "resolvers must not cache this"


def test_few_short_records_are_named_and_many_counted() -> None:
    assert last_lines(traces.answer("www.example.com. 300 A 192.0.2.1 | 192.0.2.2"))[0].startswith(
        "192.0.2.1, 192.0.2.2 · "
    )
    assert last_lines(traces.several())[0].startswith("4 A records · ")
    assert last_lines(traces.hostile())[1].startswith("1 TXT record · ")


def test_any_answers_and_bare_aliases() -> None:
    mixed = (rrset("example.com. 300 A 192.0.2.1"), rrset("example.com. 300 TXT a | b | c"))
    asked = replace(traces.plain().question, rdtype=255)  # type: ignore[arg-type]
    assert last_lines(replace(traces.plain(), question=asked, answer=mixed))[0].startswith("4 records · ")
    alias = (rrset("example.com. 300 CNAME a.example."),)
    assert last_lines(replace(traces.plain(), question=asked, answer=alias))[0].startswith("a.example. · ")


def test_a_failure_is_one_sentence_and_what_it_cost() -> None:
    assert look(tree(report(traces.broken())), 120).split("\n\n")[-2:] == [
        "failed · 3 zones · 20 queries (2 timeouts) · 2.8 s",
        "✗ verdict: no answer: example.com. has no server that gives a usable answer: 2 timeout, 1 refused; "
        "the operator of\n  example.com needs to fix this (shown by www.example.com A at 192.0.2.1) #3\n"
        "    who: the operator of example.com\n"
        "    dig @192.0.2.1 www.example.com. A +norecurse +dnssec\n",
    ]


def test_over_tcp_is_counted() -> None:
    assert "4 queries (1 over TCP)" in last_lines(traces.many_texts())[0]


def test_interrupted_and_under_way() -> None:
    assert last_lines(traces.interrupted()) == [
        "! interrupted: these are partial results",
        "2 zones · 2 queries (1 timeout) · 2.0 s",
    ]
    assert "not finished" in look(tree(report(traces.interrupted())))
    assert last_lines(traces.under_way()) == ["2 zones · 2 queries (1 timeout) · 2.0 s so far"]
    assert "asking ..." in look(tree(report(traces.under_way())))


def test_every_snapshot_of_a_trace_can_be_drawn() -> None:
    whole = traces.glueless()
    shuffle = random.Random(1)
    for count in range(len(whole.steps) + 1):
        steps = [
            step if shuffle.random() < 0.5 else replace(step, attempts=(), chosen=None, outcome=None)
            for step in whole.steps[:count]
        ]
        assert look(tree(report(replace(whole, steps=tuple(steps), outcome=None, answer=()))))


@pytest.mark.share(4)
@pytest.mark.parametrize("qmin", [False, True])
@pytest.mark.parametrize("world", names())
def test_every_moment_of_every_world_of_the_lab_can_be_drawn(
    world: str, qmin: bool, request: pytest.FixtureRequest
) -> None:
    """And every server asked is in the picture. Of hundreds of moments some are drawn, with --all each."""
    loaded = load(world)
    moments: list[Trace] = []
    moments.append(
        trace(
            loaded.question.name,
            loaded.question.rdtype,
            network=LabNetwork(loaded),
            settings=Settings(qmin=qmin, prime=qmin),
            now=loaded.now,
            seed=1,
            on_change=moments.append,
        )
    )
    every = 1 if request.config.getoption("all") else 1 + len(moments) // 20
    for moment in (*moments[drawn() % every :: every], moments[-1]):
        text = look(tree(report(moment)), 60)
        assert max(map(cell_len, text.split("\n"))) <= 60
        folded = "more name server" in text or " addresses of " in text
        for step in () if folded else moment.steps:
            assert all(attempt.address in text for attempt in step.attempts)
        assert "asking ..." in text or moment.outcome or all(step.outcome for step in moment.steps)


# --- hostile text -----------------------------------------------------------------------------


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_terminal_obeys_nothing_from_the_network(
    verbose: bool, ascii_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tree(report(traces.hostile()), verbose=verbose, ascii_only=ascii_only)
    plain = look(shown, 80)
    screen = pyte.Screen(80, plain.count("\n") + 2)
    titles: list[str] = []
    monkeypatch.setattr(screen, "set_title", titles.append)
    pyte.Stream(screen).feed(look(shown, 80, color=True).replace("\n", "\r\n"))
    assert [line.rstrip() for line in screen.display][:-2] == plain.split("\n")[:-1]
    assert titles == []
    assert "[red]markup[/red]" in plain and "[bold]" in plain


def test_colour_has_no_white_black_yellow_or_bright_colour() -> None:
    """They vanish on a light or on a dark ground."""
    text = "".join(look(tree(report(make()), verbose=True), color=True) for make in traces.ALL.values())
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", text) for code in found.split(";")}
    assert codes <= {"0", "1", "2", "31", "32", "35"}


def test_what_matters_is_not_dim() -> None:
    drawn = look(tree(report(traces.plain()), verbose=True), color=True)
    dim = "".join(re.findall(r"\x1b\[(?:[0-9]+;)*2(?:;[0-9]+)*m([^\x1b]*)", drawn))
    assert set(re.sub(r"#\d+", "", dim)) == set(" ·─│├└")  # the numbers of steps are dim, too
    assert "\x1b[32msigned" in drawn


def test_colour_carries_nothing_alone() -> None:
    """Without colours every failure is still marked."""
    plain = look(tree(report(traces.broken())))
    assert plain.count("✗") == 18 and plain.count("! ") == 2


def test_it_is_quick_to_import() -> None:
    """What is not needed for a tree is not imported: it would be waited for."""
    code = "import sys, dnstrace.render.tree; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {
        "rich.table",
        "rich.live",
        "rich.markdown",
        "rich.tree",
        "typer",
        "pygments",
        "idna.uts46data",
    } & set(done.stdout.split())


def test_the_outcome_failed_without_an_error_is_still_said() -> None:
    assert last_lines(replace(traces.plain(), outcome=Outcome.FAILED))[0].startswith("failed · ")


def test_what_was_expected_is_marked_as_met_or_not() -> None:
    trace = traces.plain()
    expectations = parse("a=192.0.2.44 ttl>=600 cname=a.example. serial>=1")
    trace = replace(trace, expectations=tuple(judge(trace, each) for each in expectations))
    lines = [
        "\u2713 a=192.0.2.44",
        "\u2717 ttl>=600: found 300",
        "\u2717 cname=a.example.: found none",
        "\u2717 serial>=1: not known",
    ]
    assert look(tree(report(trace))).splitlines()[-4:] == lines
    assert look(tree(report(trace), ascii_only=True)).splitlines()[-4] == "+ a=192.0.2.44"


def test_a_trace_that_ends_with_a_referral_shows_it_in_full() -> None:
    world = load("dnssec-good")
    found = trace(
        "example.com", "NS", network=LabNetwork(world, signed=True), now=world.now, seed=1, parent_only=True
    )
    shown = look(tree(report(found)))
    assert "   ├─ NS ns1.example.com. 192.0.2.53, 2001:db8:1::53 (glue)\n" in shown.replace("│", " ")
    assert re.search(r"└─ DS 2d \d+ 13 2\s+[0-9A-F]{64}\n", shown)
    assert shown.splitlines()[-2].startswith(
        "example.com is delegated to 2 name servers · 2 zones · 2 queries"
    )
    assert shown.splitlines()[-1].startswith("a referral cached now lives until ")


def test_the_referral_is_shown_above_what_the_child_says() -> None:
    world = load("missing-glue")
    found = trace("www.example.com", "NS", network=LabNetwork(world), now=world.now, seed=1, parent_only=True)
    shown = look(tree(report(found)))
    assert shown.count("NS ns1.example.com.   no glue, although its name is inside the zone\n") == 1
    assert "failed" not in shown.splitlines()[-2]
