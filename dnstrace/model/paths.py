"""What the paths of a trace lead to: the value that `dnstrace.analysis.paths` fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.model.structs import Struct

if TYPE_CHECKING:
    from fractions import Fraction

    from dnstrace.model.asked import Name
    from dnstrace.model.heard import Meaning


class Share(Struct):
    """The share of all paths that end with `meaning`, at `servers`, in the step with the id `step`."""

    share: Fraction
    meaning: Meaning
    step: int
    zone: Name
    servers: tuple[Name, ...]
