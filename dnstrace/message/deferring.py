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
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DEFERRED: dict[str, dict[str, object]] = {
    "importlib.metadata": {},  # by dns._features
    "inspect": {},  # by dataclasses and asyncio, for what they do not know of a class or a function
    "idna": {},  # by dns.name, and so is the next: for Unicode names
    "encodings.idna": {},
    "ssl": {},  # by asyncio, and so are the next: for TLS and processes
    "asyncio.sslproto": {},
    "subprocess": {"PIPE": -1, "STDOUT": -2, "DEVNULL": -3},
    "textwrap": {},  # by traceback, and so is the next
    "linecache": {},
    "dns.entropy": {},  # by dns.message, for IDs of its own
}
"""The modules, and what is known of them that is asked when they are imported."""


class _Deferred(ModuleType):
    """Stands for a module until something is asked of it, and then for good gives way to that module.

    What is `known` of the module does not count.
    """

    def __init__(self, name: str, known: dict[str, object]) -> None:
        super().__init__(name)
        self.__dict__.update(known)

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
    import dns

    for name, known in DEFERRED.items():
        if name not in sys.modules:
            sys.modules[name] = _Deferred(name, known)
            parent, _, own = name.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], own, sys.modules[name])
    import dns._features

    dns._features.force("idna", True)  # a function that dnspython offers for this


def call(module: str, function: str, *arguments: object) -> None:
    """Have stand-ins imported, and then call a function of a module: where another process begins."""
    defer()
    getattr(importlib.import_module(module), function)(*arguments)


def _leave_out_signatures() -> None:
    """Have dnspython note no signature of the constructors that it wraps, but what they wrap.

    Whoever asks for the signature, as `Rdata.replace` does, gets it by way of that.
    """
    sys.modules["inspect"] = _Deferred("inspect", {"signature": lambda _: None})
    with suppress(ImportError):
        context = importlib.import_module("dns._immutable_ctx")
        if (wrap := getattr(context, "_immutable_init", None)) is not None:
            context.__dict__["_immutable_init"] = partial(_wrapped, wrap)
    sys.modules.pop("inspect")  # for everyone else it is the usual one


def _wrapped(wrap: Callable[[Any], Any], constructor: object) -> object:
    made = wrap(constructor)
    del made.__signature__
    made.__wrapped__ = constructor
    return made
