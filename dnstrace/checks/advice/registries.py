"""Which zones have a registrar: those whose parent is a registry's, and that anybody can register.

Decided by the ICANN domains of the Public Suffix List, the names below which registries register domains. The
list is in the package (data/public-suffixes.txt, written by .ci/public_suffixes.py); its date and licence are
in that file. It is read when a finding first needs it.
"""

from __future__ import annotations

from functools import cache

from dnstrace import data
from dnstrace.model import Name

_WITHOUT_REGISTRARS = "arpa"  # run by the IAB and the address registries (RFC 3172)


def has_registrar(zone: Name) -> bool:
    """Whether a zone's data in its parent are changed through a registrar.

    That is so for a name just below a public suffix, also where the registry serves the suffix in a zone
    above it: `example.co.jp` is delegated by `jp`. Not for a public suffix itself, nor for what lies deeper.
    """
    labels = [label.decode("latin-1").lower() for label in zone.labels[:-1]]
    if not labels or labels[-1] == _WITHOUT_REGISTRARS:
        return False
    rules = _rules().get(labels.pop())
    if rules is None or not labels:
        return False
    if f"!{'.'.join(labels)}" in rules:
        return True
    return _is_suffix(labels[1:], rules) and not _is_suffix(labels, rules)


def registered(name: Name) -> Name | None:
    """The zone with a registrar at or above a name."""
    above = (name.split(depth)[1] for depth in range(len(name), 0, -1))
    return next(filter(has_registrar, above), None)


def _is_suffix(labels: list[str], rules: frozenset[str]) -> bool:
    """Whether a name is a public suffix, by its labels below the top-level domain and the rules there."""
    name = ".".join(labels)
    if f"!{name}" in rules:
        return False
    return not labels or name in rules or ".".join(("*", *labels[1:])) in rules


@cache
def _rules() -> dict[str, frozenset[str]]:
    """The rules below each top-level domain, relative to it."""
    text = data.text("public-suffixes.txt")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {top: frozenset(below) for top, *below in lines}
