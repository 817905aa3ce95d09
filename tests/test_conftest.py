"""What this run leaves out, what it begins with, and what it says of coverage."""

from __future__ import annotations

import pytest

from tests import coverage
from tests.conftest import HERE, PLACES, SLOWEST, drawn


def test_the_slowest_files_exist() -> None:
    assert [name for name in SLOWEST if not (HERE / name).is_file()] == []


def test_tests_that_take_a_share_of_the_worlds_take_the_same_ones(request: pytest.FixtureRequest) -> None:
    """With a seed as without one: else a world is traced once for each test."""
    if request.config.getoption("all"):
        pytest.skip("every world is taken")
    for item in request.session.items:
        if isinstance(item, pytest.Function) and (marker := item.get_closest_marker("share")) is not None:
            given = item.callspec.params.values()
            worlds = [each for each in given if isinstance(each, str) and each in PLACES]
            assert all((PLACES[world] + drawn()) % marker.args[0] == 0 for world in worlds[:1]), item.nodeid


def test_the_figure_is_of_lines_and_names_the_files_that_lack_most() -> None:
    files = {"a.py": {"missing_lines": [1]}, "b.py": {"missing_lines": [1, 2]}}
    measured = {"summary": {"covered_lines": 37, "missing_lines": 3}, "files": files}
    assert coverage.share(measured) == 92.5
    figure, *lacking = coverage.said(measured).splitlines()
    assert figure.startswith("coverage: 92.5 % of the lines") and lacking[0] == "  2 lines of b.py did not"
