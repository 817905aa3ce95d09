"""The structure of the package, counted: few rooms, no circles, a test file for each source file."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import grimp
import pytest

HOME = Path(__file__).parents[1] / "dnstrace"
MOST_MODULES, MOST_PACKAGES = 6, 15


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("dnstrace", exclude_type_checking_imports=False)


def test_few_modules_and_packages_stand_at_the_top() -> None:
    modules = list(HOME.glob("*.py"))
    packages = [each for each in HOME.iterdir() if each.is_dir() and each.name != "__pycache__"]
    assert len(modules) <= MOST_MODULES
    assert len(packages) <= MOST_PACKAGES


def test_no_circle_between_packages(graph: grimp.ImportGraph) -> None:
    packages = graph.find_children("dnstrace")
    reaches = {
        (one, other)
        for one, other in product(packages, packages)
        if one != other and graph.chain_exists(one, other, as_packages=True)
    }
    assert not {(one, other) for one, other in reaches if (other, one) in reaches}
