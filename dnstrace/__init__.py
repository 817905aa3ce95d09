"""Trace how a DNS name is resolved, from the root servers down.

>>> from dnstrace import trace
>>> trace("www.example.com").outcome  # doctest: +SKIP
<Outcome.ANSWER: 'answer'>

Nothing is imported until it is used, so that `dnstrace --version` costs no DNS import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dnstrace.api import trace, trace_async
    from dnstrace.model import Settings, Trace
    from dnstrace.model.limits import Limits
    from dnstrace.model.tracing import Tracing

__all__ = ["Limits", "Settings", "Trace", "Tracing", "__version__", "trace", "trace_async"]

_HOME = {
    "trace": "api",
    "trace_async": "api",
    "Limits": "model.limits",
    "Settings": "model",
    "Trace": "model",
    "Tracing": "model.tracing",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'dnstrace' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dnstrace.{_HOME[name]}"), name)
