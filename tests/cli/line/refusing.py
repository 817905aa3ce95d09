"""What a converter says where it refuses a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dnstrace.cli.usage import Usage


def refused(convert: Callable[[str], object], text: str) -> str:
    """The one line that a converter raises for a text."""
    with pytest.raises(Usage) as error:
        convert(text)
    line = str(error.value)
    assert line.isprintable()
    return line
