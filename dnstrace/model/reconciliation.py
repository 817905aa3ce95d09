"""The name servers of a zone as its parent and the zone itself have them, and what each address answers.

The values, which `dnstrace.checks.conclusions.reconciliation` fills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from dnstrace.model.asked import Name
    from dnstrace.model.families import Unasked
    from dnstrace.model.taken import Attempt


class Addressed(Struct):
    """One address of a name server.

    `glue` says whether the parent has it, None if the parent has no address of this server and needs none.
    `own` says whether the zone that the server's name is in has it, None if that is not known. `attempt` is
    the one that shows how the address answered, None if there was none; `asked` is true if that was the
    question itself, and false if it was a probe for the SOA record. `serial` is that of its SOA record.
    """

    address: str
    glue: bool | None
    own: bool | None
    attempt: Attempt | None = None
    asked: bool = False
    serial: int | None = None
    unasked: Unasked | None = None


class ReconciledServer(Struct):
    """A name server of a zone: whether the parent lists it, and whether the zone does (None: not known).

    `unasked` says why its addresses are not known, if servers on the way to them were not asked.
    """

    name: Name
    parent: bool | None
    zone: bool | None
    addresses: tuple[Addressed, ...]
    unasked: str = ""


class Reconciled(Struct):
    """A zone by server: those that the parent lists, then those that only the zone lists.

    `newest` is the newest serial that a server of the zone has (RFC 1982), None if no server gave one.
    """

    zone: Name
    parent: Name | None
    servers: tuple[ReconciledServer, ...]
    newest: int | None = None
