"""The address families that a trace did not ask, and why: what is not asked is neither absent nor broken."""

from __future__ import annotations

from enum import StrEnum


class Unasked(StrEnum):
    """Why the addresses of a family were not asked."""

    SWITCHED_OFF = "switched-off"  # by the settings
    NO_ROUTE = "no-route"  # this machine cannot reach it
    SILENT = "silent"  # none of its addresses replied, while those of the other family did


_WHY = {
    Unasked.SWITCHED_OFF: "IPv{} is switched off",
    Unasked.NO_ROUTE: "IPv{} has no route from here",
    Unasked.SILENT: "no IPv{} address replied",
}


def why_unasked(family: int, why: Unasked) -> str:
    """Why a family was not asked, as a sentence says it: `IPv6 is switched off`."""
    return _WHY[why].format(family)
