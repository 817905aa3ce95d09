"""How a trace is made, as one value: the command builds it, a record keeps it, many names share it."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from dnstrace.model.allowed import SEED, check_kind, check_whole
from dnstrace.model.asked import Name, Resolver, Settings
from dnstrace.model.heard import Delegation
from dnstrace.model.limits import Limits, limits_for
from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from dnstrace.model.anchors import Anchors


_LATEST = 2**36  # seconds since 1970: no date that can be written is later


class Tracing(Struct):
    """How a trace is made, apart from the network that carries its queries.

    `settings` say how to ask, `limits` what may be spent; None stands for the limits that suit the settings.
    `roots` are the root servers to start from (`dnstrace.walk.roots.read_hints`), None for those in the
    package; `server` is an address or a name to start from instead. With `anchors`
    (`dnstrace.dnssec.read_anchors`) the trace is validated as of `at`, in seconds since 1970, None for the
    time at which it begins. With `parent_only` the walk ends with the referral to the deepest zone cut at or
    above the name, and nothing is validated. `supposed` are delegations taken as if their parents published
    them (`dnstrace.message.supposed`). `resolvers` are recursive resolvers that are asked the same question
    in parallel with the walk, which neither uses nor pays for their replies. `seed` repeats every random
    choice of an earlier trace, None draws one. `now` is the wall-clock time in UTC at which the trace begins,
    None for the present.

    Raises ValueError, as Settings and Limits do, for a value that the command line would not accept.
    """

    settings: Settings = Settings()
    limits: Limits | None = None
    roots: Delegation | None = None
    server: str | Name | None = None
    anchors: Anchors | None = None
    at: float | None = None
    parent_only: bool = False
    supposed: tuple[Delegation, ...] = ()
    resolvers: tuple[Resolver, ...] = ()
    seed: int | None = None
    now: datetime | None = None

    def __post_init__(self) -> None:
        check_kind("settings", self.settings, Settings, "a Settings")
        if self.limits is not None:
            check_kind("limits", self.limits, Limits, "a Limits or None")
        if self.roots is not None and not isinstance(self.roots, Delegation):
            _refuse_path("roots", self.roots, "read_hints")
            check_kind("roots", self.roots, Delegation, "what `read_hints(path)` returns")
        if self.anchors is not None and not hasattr(self.anchors, "zones"):
            _refuse_path("anchors", self.anchors, "read_anchors")
            raise ValueError(f"anchors must be what `read_anchors(path)` returns, not {self.anchors!r}")
        if self.server is not None:
            check_kind("server", self.server, str | Name, "an address or a name")
        if self.server == "":
            raise ValueError("the server to start from is empty")
        if self.at is not None and not (isinstance(self.at, int | float) and abs(self.at) < _LATEST):
            raise ValueError(f"at must be a time in seconds since 1970, not {self.at!r}")
        for each in self.supposed:
            check_kind("each of `supposed`", each, Delegation, "a Delegation")
        if self.seed is not None:
            check_whole("seed", self.seed, SEED)
        if self.now is not None and getattr(self.now, "tzinfo", None) is None:
            raise ValueError("now must be a datetime with a time zone, such as datetime.now(UTC)")

    @property
    def bounds(self) -> Limits:
        """The limits that hold: those given, or those that suit the settings."""
        return self.limits or limits_for(self.settings)


def _refuse_path(what: str, given: object, reader: str) -> None:
    if isinstance(given, str | PathLike):
        raise ValueError(f"`{what}` takes no path: give what `{reader}(path)` returns")
