"""The walk that ends with a referral: what the parent says about a zone, and no more.

The referral is to the deepest zone cut at or above the name. If the name itself is not a cut, the servers of
its zone are asked too, since only they know.
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
    """The result of the walk to the last referral that `question` needs; `first` is the step before it.

    If the name does not exist, or no referral led to its zone, the result is that of any other walk.
    """
    step, meaning = await walk.go_down(question, first)
    exists = meaning is None or meaning.kind is not Kind.NXDOMAIN
    if exists and delegation_reached(journal.snapshot()) is not None:
        return WalkResult(Outcome.REFERRAL, dns.rcode.NOERROR, step=step)
    return failed(journal[step], ()) if meaning is None else result_of(meaning, (), step)
