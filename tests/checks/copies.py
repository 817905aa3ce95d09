"""Worlds in which servers of example.com have a copy of sub.example.com, which is delegated to others."""

from __future__ import annotations

from typing import Any

from dnstrace.lab.world import World
from tests.checks.checking import made_of

ABOVE = ("ns1.example.com.", "ns2.example.com.", "ns3.example.com.")
_TEXT = """
@ 900 SOA ns1 hostmaster {} 7200 900 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.153
ns1 AAAA 2001:db8:4::53
ns2 A 198.51.100.153
ns2 AAAA 2001:db8:5::53
www 300 A 192.0.2.99
"""
_SERIAL = 2026011501


def copied(
    own: dict[str, Any] | None,
    copy: dict[str, Any] | None,
    at: tuple[str, ...] = ABOVE[1:2],
    serial: int = _SERIAL,
    listed: str = "",
) -> World:
    """The world in which the zone's own servers have it signed as `own` says, and those `at` as `copy` does.

    None is for a zone that is not signed. `serial` is that of the copy, `listed` a further server of the
    delegation.
    """
    signed: dict[str, Any] = {zone: {"sign": {}} for zone in (".", "com.", "example.com.")}
    if listed:
        signed["example.com."]["add"] = f"sub NS {listed}\n"
    zones = {
        **signed,
        "sub.example.com.": {"text": _TEXT.format(_SERIAL), **_sign(own)},
        "sub.example.com. copy": {"text": _TEXT.format(serial), "servers": [*at], **_sign(copy)},
    }
    return made_of("sub-zone", question="www.sub.example.com. A", zones=zones)


def _sign(how: dict[str, Any] | None) -> dict[str, Any]:
    return {} if how is None else {"sign": how}
