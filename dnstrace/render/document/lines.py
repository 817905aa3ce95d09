"""A document on one line, as many names are written: what several of them show is put into text once.

Names that are checked together show the same replies of the servers of the root and of a registry: hundreds
of attempts, of which only the time is the name's own. The text is that of `json.dumps` for the document of
`dnstrace.render.document`, to the octet.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.model.kept import kept
from dnstrace.render.document.steps import attempt_of, step_alone
from dnstrace.render.document.values import ms, server_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from dnstrace.model import Attempt, NameServer, Trace
    from dnstrace.model.documents import Document

_MOST = 1024  # attempts whose texts are kept
_encode = json.JSONEncoder(allow_nan=False).encode


class _Shown(NamedTuple):
    """The text of an attempt before and after its time, and the attempt, whose values keep their identity."""

    before: str
    after: str
    attempt: Attempt


_shown: dict[Hashable, _Shown] = {}


def on_one_line(document: Document, **lists: str) -> str:
    """A document as text, with these lists in it, which follow each other and are given without brackets."""
    before, after = _around(document, *lists)
    between = ", ".join(f'"{key}": [{text}]' for key, text in lists.items())
    return f"{before}{between}{after}"


def _around(document: Document, *keys: str) -> tuple[str, str]:
    """The text of a document before and after some keys, which follow each other, neither first nor last."""
    items = [*document.items()]
    first = [*document].index(keys[0])
    before, after = dict(items[:first]), dict(items[first + len(keys) :])
    return f"{_encode(before)[:-1]}, ", f", {_encode(after)[1:]}"


def steps_on_one_line(trace: Trace, verbose: bool, sentences: Mapping[int, str]) -> str:
    """The steps of a trace as text, without brackets; `sentences` explain them, by their ids."""
    judged = {} if trace.judgement is None else trace.judgement.steps
    return ", ".join(
        on_one_line(
            step_alone(step, judged.get(step.id), sentences.get(step.id)),
            servers=", ".join(map(_server, step.servers)),
            attempts=", ".join(_attempt(attempt, verbose) for attempt in step.attempts),
        )
        for step in trace.steps
    )


@kept(most=1024)
def _server(server: NameServer) -> str:
    return _encode(server_of(server))


def _attempt(attempt: Attempt, verbose: bool) -> str:
    """The text of an attempt; that of one which another name of the run has made is kept."""
    exchange = attempt.exchange
    if exchange.cached is None:
        return _encode(attempt_of(attempt, verbose))
    key = _alike(attempt, verbose)
    shown = _shown.get(key)
    if shown is None:
        if len(_shown) >= _MOST:
            _shown.clear()
        shown = _shown[key] = _Shown(*_around(attempt_of(attempt, verbose), "start_ms"), attempt)
    return f'{shown.before}"start_ms": {ms(exchange.start)!r}{shown.after}'


def _alike(attempt: Attempt, verbose: bool) -> Hashable:
    """What attempts have in common that are written alike but for their time."""
    exchange, query = attempt.exchange, attempt.exchange.query
    return (
        attempt.server.labels,
        query.address,
        query.port,
        query.transport,
        exchange.elapsed,
        exchange.fault,
        id(exchange.message),
        id(exchange.wire),
        id(exchange.cached),
        id(attempt.meaning),
        attempt.cause,
        verbose,
    )
