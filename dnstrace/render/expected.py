"""Expectations in words: what was expected and what was found. Does not need rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.name
import dns.rcode
import dns.rdata
import dns.serial

from dnstrace.model.naming import plain
from dnstrace.render.text import harmless, name_text, rcode_text, rdata_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dnstrace.model.expectations import Met, Value

_SEVERAL = 2


def value_text(value: Value) -> str:
    """A value that was found, in presentation format or as a number or word."""
    if isinstance(value, dns.rdata.Rdata):
        return rdata_text(value)
    if isinstance(value, dns.name.Name):
        return name_text(value)
    if isinstance(value, dns.serial.Serial):
        return str(value.value)
    return rcode_text(value) if isinstance(value, dns.rcode.Rcode) else str(value)


def expected_text(met: Met) -> str:
    """The expectation as the user wrote it."""
    return harmless(met.expectation.text)


def instead_text(met: Met) -> str:
    """What was found instead: `found 3`, `found none`, `not known`."""
    if met.found is None:
        return "not known"
    return f"found {_values_text(met.found)}"


def unmet_texts(met: Met) -> list[str]:
    """What is not as expected: one text, or one for each thing that servers have instead.

    `serial>=5: found 3`, or `serial>=5 at ns2.example.com: it is 3 (1 of 2 servers)`.
    """
    names = {each.server for each in met.servers}
    differing: dict[tuple[Value, ...] | None, dict[dns.name.Name, list[str]]] = {}
    for each in met.servers:
        if not each.met:
            differing.setdefault(each.found, {}).setdefault(each.server, []).append(each.address)
    if len(names) < _SEVERAL or (
        len(differing) == 1 and all(len(at) == len(names) for at in differing.values())
    ):
        return [f"{expected_text(met)}: {instead_text(met)}"]
    return [
        f"{expected_text(met)} at {_places_text(met, at)}: {_it_is(found)} ({_of(len(at), len(names))})"
        for found, at in differing.items()
    ]


def _of(count: int, servers: int) -> str:
    return f"{count} of {servers} servers"


def _places_text(met: Met, at: Mapping[dns.name.Name, list[str]]) -> str:
    """The servers, each with its addresses if it is otherwise at another of them."""
    places = []
    for server, addresses in at.items():
        every = [each.address for each in met.servers if each.server == server]
        where = f" ({', '.join(addresses)})" if len(addresses) < len(every) else ""
        places.append(f"{harmless(plain(server))}{where}")
    return " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))


def _it_is(found: tuple[Value, ...] | None) -> str:
    return "no usable answer" if found is None else f"it is {_values_text(found)}"


def _values_text(found: tuple[Value, ...]) -> str:
    return ", ".join(map(value_text, found)) or "none"
