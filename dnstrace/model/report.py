"""What outputs show of a trace: judged once, by `dnstrace.api.report`, and shown by `dnstrace.render`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct, field
from dnstrace.model.taken import Trace

if TYPE_CHECKING:
    from dnstrace.model.compared import Compared
    from dnstrace.model.findings import Explanation, Verdict
    from dnstrace.model.journey import Leg
    from dnstrace.model.lives import Life
    from dnstrace.model.paths import Share
    from dnstrace.model.reconciliation import Reconciled


class Report(Struct):
    """A trace, and everything that an output shows of it beyond what was recorded.

    `verdict` is None if nothing wrong was found, or the trace has not ended. `rules` is the number of rules
    that were applied, 0 without a check, and `reservation` says why it does not mean that all is well if they
    found nothing (`dnstrace.checks.conclusions.reservations`); `explanations` has one for each code among
    the findings.
    `reconciliation` has a table for each zone whose servers were probed. `lives` is what resolvers may cache
    and for how long, `life` is for how many seconds they may cache the answer: None if there is no answer, 0
    if they may not. `resolvers` are compared with the walk. `shares` is what all paths lead to, the largest
    share first, if every server was asked. `journey` is the trace as a user meets it, in numbered legs.
    `called` has names that the user gave to resolvers, by address. `unshown` says which findings are left
    out because the user does not want to see them; empty if all are there. `replayed` is set if the trace is
    that of a record: what it says of now was so when it was traced.
    """

    trace: Trace
    verdict: Verdict | None = None
    rules: int = 0
    reservation: str = ""
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    reconciliation: tuple[Reconciled, ...] = ()
    lives: tuple[Life, ...] = ()
    life: int | None = None
    resolvers: tuple[Compared, ...] = ()
    shares: tuple[Share, ...] = ()
    journey: tuple[Leg, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    unshown: str = ""
    replayed: bool = False
