"""A document on one line, as many names are written: what several of them show is put into text once.

Names of one run show the same servers, and replies that differ in their times and sizes alone; names that are
checked together show hundreds of those. The text is that of `json.dumps` for the document of
`dnstrace.render.document`, to the octet.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as _quoted
from typing import TYPE_CHECKING, NamedTuple

from dnstrace.message.lazy import made_of
from dnstrace.model.kept import kept
from dnstrace.render.document.steps import attempt_of, step_alone
from dnstrace.render.document.values import ms, server_of
from dnstrace.render.text import name_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import dns.message

    from dnstrace.model import Attempt, NameServer, Trace
    from dnstrace.model.documents import Document

_MOST = 1024  # forms of attempts that are kept
_OWN = ("server", "address", "start_ms", "rtt_ms", "size")  # of an attempt, whatever its form
_PLACE = "\0"  # stands for what is known as text: no text of a document has a control character
_encode = json.JSONEncoder(allow_nan=False).encode
_AS_TEXT = _encode(_PLACE)


class _Shown(NamedTuple):
    """The form of an attempt: the text around the values of `_OWN`; and what is known by its identity."""

    around: list[str]
    reply: dns.message.Message | None


_shown: dict[Hashable, _Shown] = {}


def on_one_line(
    document: Document, trace: Trace, verbose: bool = False, sentences: Mapping[int, str] = {}
) -> str:
    """The document of a trace as text, with its steps; `sentences` explain them, by their ids."""
    judged = {} if trace.judgement is None else trace.judgement.steps
    steps: list[Document] = []
    lists: list[str] = []
    for step in trace.steps:
        alone = step_alone(step, judged.get(step.id), sentences.get(step.id))
        steps.append({**alone, "servers": _PLACE, "attempts": _PLACE})
        lists += _servers(step.servers), ", ".join([_attempt(each, verbose) for each in step.attempts])
    first, *others = _around_places({**document, "steps": steps})
    return "".join([first, *[f"[{text}]{after}" for text, after in zip(lists, others, strict=True)]])


def _around_places(document: Document) -> list[str]:
    """The text of a document before, between and after the values that are `_PLACE`."""
    return _encode(document).split(_AS_TEXT)


@kept(most=256)
def _servers(servers: tuple[NameServer, ...]) -> str:
    return ", ".join(map(_server, servers))


@kept(most=1024)
def _server(server: NameServer) -> str:
    return _encode(server_of(server))


def _attempt(attempt: Attempt, verbose: bool) -> str:
    """The text of an attempt; its form is kept."""
    exchange = attempt.exchange
    if (form := _form(attempt, verbose)) is None:
        return _encode(attempt_of(attempt, verbose))
    shown = _shown.get(form)
    if shown is None:
        if len(_shown) >= _MOST:
            _shown.clear()
        around = _around_places({**attempt_of(attempt, verbose), **dict.fromkeys(_OWN, _PLACE)})
        shown = _shown[form] = _Shown(around, exchange.message if verbose else None)
    a, b, c, d, e, f = shown.around
    size = "null" if exchange.wire is None else len(exchange.wire)
    server, address = _quoted(name_text(attempt.server)), _quoted(exchange.query.address)
    return f"{a}{server}{b}{address}{c}{ms(exchange.start)!r}{d}{ms(exchange.elapsed)!r}{e}{size}{f}"


def _form(attempt: Attempt, verbose: bool) -> Hashable:
    """What attempts have in common that are written alike but for `_OWN`; None where there are none such."""
    exchange, query, cached = attempt.exchange, attempt.exchange.query, attempt.exchange.cached
    if not verbose:
        reply = None if exchange.message is None else _header(exchange.message)
    elif cached is None:
        return None
    else:  # names that take a reply from each other have the same one
        reply = id(exchange.message)
    return (
        verbose,
        query.port,
        query.transport,
        exchange.fault,
        reply,
        None if cached is None else (cached.name.labels, cached.rdtype, cached.rdclass),
        attempt.meaning.kind,
        attempt.meaning.note,
        attempt.cause,
    )


def _header(message: dns.message.Message) -> Hashable:
    """All that is shown of a reply but for its records: flags, RCODE and EDNS."""
    flags, opt = int(message.flags), message.opt
    if opt is None:
        return flags
    if (made := made_of(opt)) is not None:
        return flags, made
    options = tuple([(option.otype, option.to_wire()) for option in message.options])
    return flags, opt.ttl, opt.rdclass, options
