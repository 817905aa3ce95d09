"""With `--check` one network leads to one result, whatever chance does.

The seed, how long each reply takes, and the order of the records in it decide nothing: the same findings with
the same levels and messages, the same verdict, blame, outcome and shares of paths. Only the numbers of steps
may differ, which count steps as they begin.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

from dnstrace import Settings, Trace, trace
from dnstrace.api import report
from dnstrace.dnssec import parse_anchors
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import World, load, names
from dnstrace.model.asked import Resolver
from dnstrace.model.findings import Finding
from dnstrace.model.limits import limits_for
from dnstrace.port import Network
from tests.made_networks import made
from tests.shuffled import Shuffled

CHECK = Settings(all_servers=True, probe=True, families=frozenset({4, 6}))
UNHURRIED = replace(
    limits_for(CHECK), deadline=600.0
)  # late replies may reach a deadline: that is its purpose
SHARE = 12  # one world in so many is tried with each seed, unless all are
COSTLY = {"huge"}  # takes seconds: left to --all, and out of what is combined
PARAMETERS = ("silent=SOA", "silent=DNSKEY", "silent=NS", "truncates=DNSKEY", "upward=com.", "no-edns=NOTIMP")
BASES = ("dnssec-good", "dnssec-keys-differ", "in-domain", "answers-differ", "textbook")
_NUMBERED = re.compile(r"steps? \d+((, | and )\d+)*")
_WHEN = re.compile(r"[\d.]+ s into the trace")
_SHOWN = re.compile(r" \(shown by [^)]*\)|; shown by [^)]*(\))")


def result(found: Trace) -> dict[str, Any]:
    """What must not depend on chance: all that is said, without the numbers of steps."""
    judged = report(found)
    verdict, judgement = judged.verdict, found.judgement
    return {
        "outcome": found.outcome,
        "error": found.error,
        "security": judgement and (judgement.security, judgement.reason),
        "verdict": verdict
        and replace(
            verdict,
            text=_unnumbered(verdict.text),
            steps=(),
            reproduce="",
            claims=tuple(map(_without_steps, verdict.claims)),
        ),
        "findings": list(map(_without_steps, found.findings or ())),
        "shares": [(share.share, share.zone, share.servers) for share in judged.shares],
    }


def _without_steps(finding: Finding) -> Finding:
    return replace(finding, message=_unnumbered(finding.message), steps=())


def _unnumbered(text: str) -> str:
    """A text without the numbers of steps, or the query of the first of them, and without times."""
    return _SHOWN.sub(r"\1", _WHEN.sub("then", _NUMBERED.sub("a step", text)))


def checked(world: World, seed: int, chance: int | None = None) -> Trace:
    """The world's question with `--check`; with `chance`, replies come late and shuffled by that seed."""
    network = LabNetwork(world, signed=True)
    return trace(
        world.question.name,
        world.question.rdtype,
        settings=CHECK,
        network=network if chance is None else Shuffled(network, chance),
        anchors=parse_anchors(world.anchors_text, world.name),
        resolvers=[Resolver(address) for address in world.resolvers],
        now=world.now,
        seed=seed,
        limits=UNHURRIED,
    )


@cache
def usual(name: str) -> dict[str, Any]:
    """The result of a world without chance."""
    return result(checked(load(name), 0))


def chosen(every: tuple[str, ...], seed: int, config: pytest.Config) -> tuple[str, ...]:
    """All of `every` where every seed is tried, else some that another seed does not get, no costly ones."""
    share = every[seed % SHARE :: SHARE]
    return every if config.getoption("all") else tuple(name for name in share if name not in COSTLY)


@pytest.mark.seeds(20)
def test_what_is_found_in_a_world_depends_on_neither_chance_nor_the_seed(
    seed: int, pytestconfig: pytest.Config
) -> None:
    for name in chosen(names(), seed, pytestconfig):
        assert result(checked(load(name), seed, chance=seed)) == usual(name), name


@pytest.mark.seeds(50)
def test_what_is_found_in_a_made_network_does_not_depend_on_chance(seed: int) -> None:
    for number in range(seed * 10, seed * 10 + 10):
        network = made(number)
        world, roots = network.world(), network.roots()
        asked = world.question
        networks: tuple[Network, ...] = LabNetwork(world), Shuffled(LabNetwork(world), seed)
        found = [
            trace(asked.name, asked.rdtype, settings=CHECK, roots=roots, network=lab, seed=chance)
            for chance, lab in enumerate(networks)
        ]
        assert result(found[0]) == result(found[1]), number


@cache
def misbehaviours() -> list[str]:
    """Every misbehaviour that a world shows, as its file has it, and some of single types."""
    shown = {does for name in names() for server in load(name).servers for does in server.does}
    return sorted(does for does in (*shown, *PARAMETERS) if does.partition("=")[0] not in COSTLY)


def broken(number: int) -> World:
    """A world two servers of which misbehave, each in another way; or half of its parent's servers too."""
    random = Random(number)
    world, of_parent = load(random.choice(BASES)), random.random() < 0.3
    does = random.sample(misbehaviours(), 2)

    def misbehaving(name: str) -> tuple[str, ...]:
        if "gtld" in name:
            return (does[name[0] in "abc"],) if of_parent and name[0] in "abcdefg" else ()
        return (does[name.startswith("ns2")],) if "example" in name else ()

    servers = tuple(replace(each, does=(*each.does, *misbehaving(str(each.name)))) for each in world.servers)
    return replace(world, name=f"{world.name} {' '.join(does)}", servers=servers)


@pytest.mark.seeds(40)
def test_what_is_found_of_two_misbehaviours_does_not_depend_on_chance(seed: int) -> None:
    for number in range(seed * 8, seed * 8 + 8):
        world = broken(number)
        told = (number, world.name)
        assert result(checked(world, 0)) == result(checked(world, 1, chance=number)), told
