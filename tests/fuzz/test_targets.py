"""Each fuzz target holds over the kept corpus, and over damage to it for a moment."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import corpus, mutated
from tests.fuzz.targets import TARGETS

EXAMPLES = {"walk": 20}  # each costs more than those of the others
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_in_the_corpus_raises(target: str) -> None:
    function, directory = TARGETS[target]
    for octets in corpus(directory):
        function(octets)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_raises_whatever_is_done_to_the_corpus(target: str) -> None:
    function, directory = TARGETS[target]
    inputs = corpus(directory)

    @settings(max_examples=EXAMPLES.get(target, 150), deadline=None, suppress_health_check=SLOW)
    @given(st.sampled_from(inputs), st.randoms(use_true_random=False))
    def holds(octets: bytes, random: Random) -> None:
        function(mutated(random, octets, inputs))

    holds()


@pytest.mark.parametrize("target", TARGETS)
def test_no_octets_at_all_raise(target: str) -> None:
    function, _ = TARGETS[target]
    settings(max_examples=EXAMPLES.get(target, 150), deadline=None)(
        given(st.binary(max_size=400))(function)
    )()
