"""A zone cut in a line of its own: with `--brief`, what the traces of many names share is written once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dnstrace import __version__
from dnstrace.model.kept import kept
from dnstrace.render.document.values import referral_of
from dnstrace.render.text import name_text

if TYPE_CHECKING:
    from dnstrace.model import Delegation, Trace
    from dnstrace.model.documents import Document

SCHEMA = "dnstrace/1-cut"


def zones_of(trace: Trace) -> list[str]:
    """The zones to which referrals led the walk, from the top down, each once."""
    found = (step.referral for step in trace.steps if step.main)
    return list(dict.fromkeys(_referral(cut)["zone"] for cut in found if cut is not None))


def cut_lines(trace: Trace) -> Iterator[tuple[str, str]]:
    """Each of these zones with its line, without a line end: the same for all names that share the cut."""
    security = {} if trace.judgement is None else trace.judgement.steps
    seen = set[str]()
    for step in trace.steps:
        if step.main and step.referral is not None:
            referral = _referral(step.referral)
            if referral["zone"] not in seen:
                seen.add(referral["zone"])
                shown = security.get(step.id)
                document = {
                    "schema": SCHEMA,
                    "version": __version__,
                    "parent": name_text(step.zone),
                    **referral,
                    "security": None if shown is None else shown.security.value,
                }
                yield referral["zone"], json.dumps(document)


@kept(most=512)
def _referral(cut: Delegation) -> Document:
    return referral_of(cut)
