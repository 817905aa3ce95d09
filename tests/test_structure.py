"""The structure of the package, counted: no circles of imports, short files, one test file a source file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent
HOME = TESTS.parent / "dnstrace"
MOST_MODULES, MOST_PACKAGES = 6, 16
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 350, 60


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


CIRCLES: set[frozenset[str]] = set()
"""Modules that still import one another. It only ever gets shorter."""


def test_no_circle_within_a_package(graph: grimp.ImportGraph) -> None:
    """Imports for the type checker count: who reads one of these files has to read them all."""
    reached = {module: graph.find_downstream_modules(module) | {module} for module in graph.modules}
    met = [{other for other in reached[module] if module in reached[other]} for module in graph.modules]
    circles = {
        frozenset(module.removeprefix("dnstrace.") for module in each) for each in met if len(each) > 1
    }
    assert not circles, f"modules import one another: {sorted(map(sorted, circles))}"


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


NOT_YET: set[str] = set()
"""Source files that still lack a test file of their own. It only ever gets shorter."""


def test_each_source_file_has_a_test_file() -> None:
    """`dnstrace/walk/cuts.py` is tested in `tests/walk/test_cuts.py`."""
    sources = [file.relative_to(HOME) for file in HOME.rglob("*.py") if not file.name.startswith("__")]
    lacking = {
        source.as_posix()
        for source in sources
        if not (TESTS / source).with_name(f"test_{source.name}").exists()
    }
    assert lacking <= NOT_YET, f"without a test file: {sorted(lacking - NOT_YET)}"
    assert lacking >= NOT_YET, f"have one now, take them out of NOT_YET: {sorted(NOT_YET - lacking)}"


def too_long(file: Path) -> Iterator[str]:
    """The file, where it is too long, and those of its functions that are."""
    text, where = file.read_text("utf-8"), file.relative_to(TESTS.parent).as_posix()
    if (lines := text.count("\n")) > MOST_LINES:
        yield f"{where}: {lines}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{where}: {node.name}: {lines}"


def test_files_and_functions_are_short() -> None:
    assert not [each for top in (HOME, TESTS) for file in top.rglob("*.py") for each in too_long(file)]
