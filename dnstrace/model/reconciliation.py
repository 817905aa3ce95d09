"""The name servers of a zone as its parent and the zone itself have them, and what each address answers.

The values, which `dnstrace.checks.reconciliation` fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnstrace.model.asked import Name
    from dnstrace.model.taken import Attempt


@dataclass(frozen=True, slots=True)
class Addressed:
    """One address of a name server.

    `glue` says whether the parent gives it, None where the parent gives no address of this server and need
    not; `own` whether the zone that the server's name lies in gives it, None where that is not known.
    `attempt` is the one that shows what it answered, None where there was none; `asked` says whether that was
    the question itself, or a probe for the SOA record. `serial` is that of its SOA record, if it gave one.
    """

    address: str
    glue: bool | None
    own: bool | None
    attempt: Attempt | None = None
    asked: bool = False
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class ReconciledServer:
    """A name server of a zone: whether the parent names it, whether the zone does (None: not known)."""

    name: Name
    parent: bool | None
    zone: bool | None
    addresses: tuple[Addressed, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A zone by server: those that the parent names first, then those that only the zone names.

    `newest` is the newest serial that a server of the zone has (RFC 1982), None where none gave one.
    """

    zone: Name
    parent: Name | None
    servers: tuple[ReconciledServer, ...]
    newest: int | None = None
