"""What the parent says of a zone, and no more: the walk that ends with a referral.

The referral is that to the deepest zone cut at or above the name. Where the name itself is no cut, the
servers of the zone that holds it are asked too, since only they can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode

from dnstrace.analysis.reached import delegation_reached
from dnstrace.model import Kind, Outcome
from dnstrace.walk.result import WalkResult, failed, result_of

if TYPE_CHECKING:
    from dnstrace.model import Question
    from dnstrace.walk.descent import Walk
    from dnstrace.walk.journal import Journal


async def refer(walk: Walk, journal: Journal, question: Question, first: int | None) -> WalkResult:
    """The end of the walk to the referral that `question` needs last; `first` is the step before it.

    It is as of any other walk where there is no such name, or no referral led to the zone that holds it.
    """
    step, meaning = await walk.go_down(question, first)
    exists = meaning is None or meaning.kind is not Kind.NXDOMAIN
    if exists and delegation_reached(journal.snapshot()) is not None:
        return WalkResult(Outcome.REFERRAL, dns.rcode.NOERROR, step=step)
    return failed(journal[step], ()) if meaning is None else result_of(meaning, (), step)
