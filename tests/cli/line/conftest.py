from __future__ import annotations

import pytest

from tests.cli.line.values_of_options import values_in


@pytest.fixture(scope="session")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A valid value for every option that takes one."""
    return values_in(tmp_path_factory.mktemp("values"))
