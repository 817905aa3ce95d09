"""The structure of the package, counted: few rooms, no circles, a test file for each source file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent
HOME = TESTS.parent / "dnstrace"
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


def imported(file: Path) -> Iterator[str]:
    """The modules, and the names in modules, that a file of Python imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_nothing_is_imported_from_a_test_module() -> None:
    """What two test modules need is in a helper module or in conftest.py."""
    files = TESTS.rglob("*.py")
    assert not [
        f"{file.relative_to(TESTS)}: {name}"
        for file in files
        for name in imported(file)
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
    ]
