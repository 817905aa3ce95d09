"""Imports that dnspython makes and a trace does not need, put off until something is asked of them.

`dns.name` asks `importlib.metadata` whether the package idna is there, which costs a tenth of the time that
a trace takes to start. dnstrace requires idna, so that question has its answer; every other one, such as
whether cryptography is there, still goes to the real module.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_METADATA = "importlib.metadata"


class _Deferred(ModuleType):
    """Stands for a module until something is asked of it, and then for good gives way to that module."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def defer_metadata() -> None:
    """Have dnspython take idna for granted; nothing where the module is imported already."""
    if _METADATA in sys.modules or "dns" in sys.modules:
        return
    importlib.metadata = sys.modules[_METADATA] = _Deferred(_METADATA)
    import dns._features

    dns._features.force("idna", True)  # a function that dnspython offers for this
