"""What is said of a trace: judged once (`dnstrace.api.report`), shown in many ways (`dnstrace.render`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dnstrace.model.taken import Trace

if TYPE_CHECKING:
    from dnstrace.model.compared import Compared
    from dnstrace.model.findings import Explanation, Verdict
    from dnstrace.model.lives import Life
    from dnstrace.model.paths import Share
    from dnstrace.model.reconciliation import Reconciled


@dataclass(frozen=True, slots=True)
class Report:
    """A trace, and all that an output says of it beyond what was recorded.

    `verdict` is None where all is well, as far as was looked, and for a trace that has not ended. `rules` is
    how many rules looked for defects, 0 where none did; `explanations` are of the findings of the trace, by
    code. `reconciliation` has a table for each zone whose servers were probed. `lives` is what resolvers may
    keep and for how long, `life` the seconds for which they keep what was reached: None where nothing was, 0
    where it is not to be cached. `resolvers` are those compared with the walk. `shares` is what all paths
    lead to, the largest share first, where every server was asked.
    """

    trace: Trace
    verdict: Verdict | None = None
    rules: int = 0
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    reconciliation: tuple[Reconciled, ...] = ()
    lives: tuple[Life, ...] = ()
    life: int | None = None
    resolvers: tuple[Compared, ...] = ()
    shares: tuple[Share, ...] = ()
