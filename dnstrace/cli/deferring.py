"""Imports that dnspython and asyncio make and a trace does not need, put off until they are needed.

Together they cost as much as all modules of dnstrace. Each has its place taken by a stand-in, which gives way
to the real module as soon as anything is asked of it, so nothing is ever found missing: TLS, validation and
Unicode names get what they need when they need it. Which of them a Python asks something at once differs from
version to version, and only costs the time that it always did.

`dns.name` asks whether the package idna is there. dnstrace requires it, so that question has its answer;
every other one, such as whether cryptography is there, goes to `importlib.metadata`.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from types import ModuleType

DEFERRED = (
    "importlib.metadata",  # by dns._features
    "inspect",  # by dataclasses and asyncio, for what they do not know of a class or a function
    "idna",  # by dns.name, and so is the next: for Unicode names
    "encodings.idna",
    "ssl",  # by asyncio, and so is the next: for TLS
    "asyncio.sslproto",
    "textwrap",  # by traceback
)


class _Deferred(ModuleType):
    """Stands for a module until something is asked of it, and then for good gives way to that module."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def defer() -> None:
    """Have stand-ins imported for these modules; nothing for a module that is imported already."""
    if "dns" in sys.modules:
        return
    if "inspect" not in sys.modules:
        _leave_out_signatures()
    for name in DEFERRED:
        if name not in sys.modules:
            sys.modules[name] = _Deferred(name)
            parent, _, own = name.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], own, sys.modules[name])
    import dns._features

    dns._features.force("idna", True)  # a function that dnspython offers for this


def _leave_out_signatures() -> None:
    """Have dnspython note no signature of the constructors that it wraps: only `help` would show it."""
    stand_in = sys.modules["inspect"] = _Deferred("inspect")
    stand_in.__dict__["signature"] = lambda _: None
    with suppress(ImportError):
        importlib.import_module("dns._immutable_ctx")
    sys.modules.pop("inspect")  # for everyone else it is the usual one
