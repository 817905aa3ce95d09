"""What name servers did over TLS, in the document: with `--adot`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.analysis.encrypted import certificate_of, is_for_server, over_tls
from dnstrace.render.document.values import iso, ms, rcode_of
from dnstrace.render.text import harmless, name_text

if TYPE_CHECKING:
    from dnstrace.model.certificates import Certificate, Secured
    from dnstrace.model.documents import Document
    from dnstrace.model.taken import Encrypted


def encrypted_of(found: Encrypted) -> Document:
    """A name server that was asked over TLS too."""
    exchange, message = found.exchange, found.exchange.message
    return {
        "zone": name_text(found.zone),
        "server": name_text(found.server),
        "address": exchange.query.address,
        "port": exchange.query.port,
        "step": found.step,
        "result": over_tls(found).value,
        "meaning": found.meaning.kind.value,
        "in_the_clear": found.plainly.kind.value,
        "rcode": rcode_of(None if message is None else message.rcode()),
        "start_ms": ms(exchange.start),
        "rtt_ms": ms(exchange.elapsed),
        "size": None if exchange.wire is None else len(exchange.wire),
        "note": harmless(exchange.detail) or None,
        "tls": None if exchange.secured is None else _secured_of(found, exchange.secured),
    }


def _secured_of(found: Encrypted, secured: Secured) -> Document:
    shown = certificate_of(found)
    return {
        "version": harmless(secured.version),
        "alpn": harmless(secured.alpn) or None,
        "trusted": None if secured.distrust is None else not secured.distrust,
        "distrust": harmless(secured.distrust or "") or None,
        "certificate": None if shown is None else _certificate_of(found, shown),
    }


def _certificate_of(found: Encrypted, shown: Certificate) -> Document:
    return {
        "subject": harmless(shown.subject),
        "issuer": harmless(shown.issuer),
        "names": [harmless(name) for name in shown.names],
        "begins": None if shown.begins is None else iso(shown.begins, "seconds"),
        "expires": None if shown.expires is None else iso(shown.expires, "seconds"),
        "self_issued": shown.self_issued,
        "for_server": is_for_server(found),
    }
