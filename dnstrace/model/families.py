"""The address families that a trace did not ask, and why: what is not asked is neither absent nor broken."""

from __future__ import annotations

from enum import StrEnum


class Unasked(StrEnum):
    """Why the addresses of a family were not asked."""

    SWITCHED_OFF = "switched-off"  # by the settings
    BOUND = "bound"  # by the address to ask from, which is of the other family
    NO_ROUTE = "no-route"  # this machine cannot reach it
    SILENT = "silent"  # none of its addresses replied, while those of the other family did

    @property
    def is_chosen(self) -> bool:
        """Whether the user may switch the family on by leaving out an option."""
        return self in (Unasked.SWITCHED_OFF, Unasked.BOUND)

    @property
    def written(self) -> str:
        """The reason as documents have it: there, what the user chose is one reason."""
        return Unasked.SWITCHED_OFF.value if self.is_chosen else self.value


_WHY = {
    Unasked.SWITCHED_OFF: "IPv{} is switched off",
    Unasked.BOUND: "IPv{} is switched off",
    Unasked.NO_ROUTE: "IPv{} has no route from here",
    Unasked.SILENT: "no IPv{} address replied",
}


def why_unasked(family: int, why: Unasked) -> str:
    """Why a family was not asked, as a sentence says it: `IPv6 is switched off`."""
    return _WHY[why].format(family)
