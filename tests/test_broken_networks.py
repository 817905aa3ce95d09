"""Five hundred random broken networks: the walk comes to what a complete search comes to.

`made_networks` says what is in them, and what is not. Each is walked with the usual bounds, and must end
within them; where it ended *because* of them, it is walked again with wide ones for its outcome.
"""

from __future__ import annotations

import json
from collections import Counter

import dns.rdatatype
import pytest
from rich.cells import cell_len

from dnstrace import Trace, trace
from dnstrace.api import report
from dnstrace.lab.network import LabNetwork
from dnstrace.model import Outcome
from dnstrace.model.limits import Limits
from dnstrace.render.document import document
from dnstrace.render.tree import tree
from tests.made_networks import Network, Search, made
from tests.render.looks import look
from tests.render.validating import VALIDATOR

SEEDS = range(500)
USUAL = Limits()
WIDE = Limits(max_queries=20_000, deadline=3600.0, lookups=5000, depth=40)
BLOCK = 25
GIVEN_UP = {157}
"""Where the walk gives up too early: in a look-up, an address that was silent before is asked once. One that
drops queries with EDNS is then never asked without.
"""


def walked(network: Network, limits: Limits, seed: int) -> Trace:
    world, roots = network.world(), network.roots()
    return trace(network.asked, network=LabNetwork(world), roots=roots, limits=limits, seed=seed)


def bounded(found: Trace) -> bool:
    """Whether a bound may have kept the walk from something."""
    return any("the limit of" in step.note for step in found.steps) or "deadline" in found.error


def addresses(found: Trace) -> list[str]:
    return [rdata.to_text() for rrset in found.answer if rrset.rdtype == dns.rdatatype.A for rdata in rrset]


def check_bounds(found: Trace) -> None:
    assert found.outcome is not None
    assert found.stats.queries <= USUAL.max_queries
    assert found.stats.duration <= USUAL.deadline
    assert all(step.outcome is not None for step in found.steps)


def check_rendering(found: Trace) -> None:
    for width in (60, 100):
        lines = look(tree(report(found)), width).splitlines()
        assert lines and max(map(cell_len, lines)) <= width
    VALIDATOR.validate(json.loads(json.dumps(document(report(found)), allow_nan=False)))


@pytest.mark.share(4)
@pytest.mark.parametrize("first", SEEDS[::BLOCK])
def test_a_walk_comes_to_what_a_complete_search_comes_to(first: int) -> None:
    for seed in range(first, first + BLOCK):
        network = made(seed)
        found = walked(network, USUAL, seed)
        check_bounds(found)
        check_rendering(found)
        if bounded(found):
            found = walked(network, WIDE, seed)
        outcome, address = (Outcome.FAILED, "") if seed in GIVEN_UP else Search(network).outcome()
        assert (found.outcome, addresses(found)) == (outcome, [address] if address else []), f"seed {seed}"


def test_the_networks_have_every_outcome() -> None:
    """Else the test above would say little."""
    outcomes = Counter(Search(made(seed)).outcome()[0] for seed in SEEDS)
    ends = (Outcome.ANSWER, Outcome.NODATA, Outcome.NXDOMAIN, Outcome.FAILED)
    assert min(outcomes[outcome] for outcome in ends) >= 25
