"""Rules on what name servers do over TLS (`--adot`, RFC 9539).

Resolvers that try TLS go back to asking in the clear where it fails, and need no valid certificate: nothing
here is more than a notice, and a server needs no TLS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dnstrace.analysis.encrypted import OverTls, certificate_of, is_outdated, over_tls
from dnstrace.checks.advice.remedies import at_servers
from dnstrace.checks.anomalies.anomalies import result_text
from dnstrace.checks.catalogue import of_cut
from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.phrases import listed
from dnstrace.model import Name
from dnstrace.model.findings import Blame, Level, Observation
from dnstrace.model.naming import plain, zone_text
from dnstrace.model.taken import Encrypted


@of_cut(Level.NOTICE, Blame.HOST)
def tls_answer_differs(cut: Cut) -> Iterator[Observation]:
    """A name server gives other answers over TLS than in the clear.

    What it is: the same address gave another reply to the same question over TLS, on port 853, than over UDP
    or TCP, where it gave the same one twice. Found with `--adot`.

    Why it matters: resolvers that use TLS where they can get another answer than all others. Often something
    in front of the server terminates TLS, and asks another server, or the same with other rules.

    How to fix it: let the part that terminates TLS ask the server that answers in the clear, or configure
    the zone there too. Otherwise close port 853.

    References: RFC 9539 section 3.1; RFC 7858 section 3
    """
    for server, found in _by_server(cut, lambda each: over_tls(each) is OverTls.DIFFERENT):
        over, clear = result_text(found[0].meaning), result_text(found[0].plainly)
        what = f"gives {over}" if over != clear else "gives another reply"
        instead = f", but {clear} in the clear" if over != clear else " than in the clear"
        yield _observed(
            server,
            found,
            f"{plain(server)} {what} over TLS at {_addresses(found)}{instead}, to one question about"
            f" {zone_text(cut.zone)}",
            f"have {plain(server)} answer for {zone_text(cut.zone)} over TLS as it does in the clear,"
            " or close its port 853",
        )


@of_cut(Level.NOTICE, Blame.HOST)
def tls_no_reply(cut: Cut) -> Iterator[Observation]:
    """A name server completes the handshake of TLS, but does not reply to queries.

    What it is: on port 853 of the server a TLS handshake is completed. A query over that connection then gets
    no reply that could be read, although the server replies in the clear. Found with `--adot`.

    Why it matters: resolvers that try TLS wait for the reply before they ask in the clear, and remember that
    the server has TLS.

    How to fix it: have whatever listens on port 853 speak DNS over TLS, and reach the server behind it.
    Otherwise close the port.

    References: RFC 9539 section 3; RFC 7858 section 3.3
    """

    def has_none(each: Encrypted) -> bool:
        return over_tls(each) is OverTls.NO_REPLY and each.plainly.rcode is not None

    for server, found in _by_server(cut, has_none):
        yield _observed(
            server,
            found,
            f"{plain(server)} completes the TLS handshake at {_addresses(found)},"
            " but does not reply over TLS",
            f"have {plain(server)} reply to queries over TLS, or close its port 853",
        )


@of_cut(Level.NOTICE, Blame.HOST)
def tls_certificate_expired(cut: Cut) -> Iterator[Observation]:
    """The certificate that a name server shows over TLS has expired.

    What it is: the server answers over TLS, with a certificate whose validity is over. Found with `--adot`.

    Why it matters: resolvers that ask name servers over TLS today take any certificate. Those that are set up
    to verify it, such as secondaries that transfer zones over TLS, reject the connection.

    How to fix it: renew the certificate, and have the server load it.

    References: RFC 9539 section 3.2; RFC 9103; RFC 5280 section 4.1.2.5
    """
    now = cut.evidence.trace.started

    def has_expired(each: Encrypted) -> bool:
        shown = certificate_of(each)
        return shown is not None and is_outdated(shown, now)

    for server, found in _by_server(cut, has_expired):
        shown = certificate_of(found[0])
        assert shown is not None and shown.expires is not None
        yield _observed(
            server,
            found,
            f"the certificate that {plain(server)} shows over TLS at {_addresses(found)} expired on"
            f" {shown.expires:%Y-%m-%d}",
            f"renew the certificate of {plain(server)}",
        )


def _by_server(cut: Cut, wanted: Callable[[Encrypted], bool]) -> Iterator[tuple[Name, list[Encrypted]]]:
    """The servers of a zone of which something is true over TLS, with the addresses at which it is."""
    found: dict[Name, list[Encrypted]] = {}
    for each in cut.evidence.trace.encrypted or ():
        if each.zone == cut.zone and wanted(each):
            found.setdefault(each.server, []).append(each)
    yield from found.items()


def _addresses(found: list[Encrypted]) -> str:
    return listed(each.address for each in found)


def _observed(server: Name, found: list[Encrypted], message: str, cure: str) -> Observation:
    steps = tuple(dict.fromkeys(each.step for each in found))
    return Observation(message, steps, server=server, cure=cure, remedy=at_servers(server))
