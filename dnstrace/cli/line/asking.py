"""How to ask: the settings and the bounds of a trace, from what was set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dnstrace.cli.line.fitting import families
from dnstrace.model import Edns, Settings
from dnstrace.model.limits import Limits, limits_for
from dnstrace.model.structs import replace
from dnstrace.walk.fallback import CLIENT_COOKIE, COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dnstrace.cli.line.parsed import Parsed

_NSID = (3, b"")  # RFC 5001 section 2.1: empty in a query
_ZONEVERSION = (19, b"")  # RFC 9660 section 2.1: the same
_SUBNET = 8  # RFC 7871 section 6
_AS_SET = ("port", "tcp", "timeout", "tries", "bind", "prime", "qmin")


def settings_of(parsed: Parsed) -> Settings:
    """The settings; what was not set is as it is by default."""
    chosen: Mapping[str, Any] = parsed.settings
    given = {key: chosen[key] for key in _AS_SET if key in chosen}
    given |= {"all_servers": True} if {"all-servers", "check"} & set(chosen) else {}
    given |= {"probe": True} if "check" in chosen else {}
    given |= {"adot": True} if "adot" in chosen else {}
    identified = "nsid" in chosen or ("from" in chosen and "nsid" not in parsed.undone)
    return replace(Settings(), families=families(parsed), edns=_edns(chosen, identified), **given)


def limits_of(chosen: Mapping[str, Any], settings: Settings) -> Limits:
    """The bounds: those that were set, and for the rest those that such settings have by default."""
    given = {"deadline": chosen.get("deadline"), "max_queries": chosen.get("max-queries")}
    return replace(limits_for(settings), **{key: value for key, value in given.items() if value is not None})


def _edns(chosen: Mapping[str, Any], identified: bool) -> Edns | None:
    if "no-edns" in chosen:
        return None
    edns = Edns(options=tuple(_edns_options(chosen, identified)))
    return replace(edns, payload=chosen["bufsize"]) if "bufsize" in chosen else edns


def _edns_options(chosen: Mapping[str, Any], identified: bool) -> Iterator[tuple[int, bytes]]:
    if identified:
        yield _NSID
    if "zoneversion" in chosen:
        yield _ZONEVERSION
    if "cookie" in chosen:
        yield COOKIE, os.urandom(CLIENT_COOKIE)
    if "subnet" in chosen:
        yield _SUBNET, chosen["subnet"]
