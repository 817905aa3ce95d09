from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dnstrace import api
from dnstrace.model import Trace


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was traced while the test ran: the question and the further arguments. Nothing is sent."""
    traced: list[tuple[str, dict[str, Any]]] = []

    def nothing(name: Any, rdtype: Any, **how: Any) -> Trace:
        traced.append((str(api.as_question(name, rdtype)), how))
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "trace", nothing)
    return traced


@pytest.fixture
def tracing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Trace]], None]:
    """Put a function in the place of `api.trace`."""
    return lambda instead: monkeypatch.setattr(api, "trace", instead)
