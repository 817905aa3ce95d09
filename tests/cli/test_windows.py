from __future__ import annotations

import io
import sys

import pytest

from dnstrace.cli.windows import obeys_sequences


@pytest.mark.skipif(sys.platform == "win32", reason="of other systems")
def test_terminals_elsewhere_obey() -> None:
    assert obeys_sequences(io.StringIO())


@pytest.mark.skipif(sys.platform != "win32", reason="of Windows")
def test_a_file_on_windows_is_not_a_terminal(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (tmp_path_factory.mktemp("windows") / "file").open("w") as file:
        assert not obeys_sequences(file)
