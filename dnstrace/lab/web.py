"""Pages of the lab: what the web servers of a world answer, on the virtual clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from dnstrace.model.certificates import Certificate
from dnstrace.model.pages import Request, Visit
from dnstrace.model.structs import Struct, field, replace

DOES = ("refuses", "silent", "garbage")
_ISSUER = "the certificate authority of the lab"


class Site(Struct):
    """A web server at an address: its round-trip time in seconds, and what it answers.

    `names` are those in its certificate, `days` how long that is still valid; `does` is its misbehaviour, if
    it has one.
    """

    rtt: float
    status: int = 200
    reason: str = "OK"
    location: str = ""
    names: tuple[str, ...] = ()
    days: float = 60.0
    does: str = ""


class LabWeb(Struct):
    """The web servers of a world, by address, at its time."""

    sites: dict[str, Site]
    now: datetime
    issuer: str = field(default=_ISSUER)

    async def visit(self, address: str, request: Request, timeout: float) -> Visit:
        """Ask for the page: one round trip to connect, one for TLS 1.3, one for the answer."""
        site = self.sites.get(address)
        if site is None or site.does == "silent":
            await asyncio.sleep(timeout)
            return Visit(address, fault=f"no answer within {timeout:g} s")
        await asyncio.sleep(site.rtt)
        if site.does == "refuses":
            return Visit(address, fault="nothing is listening there (connection refused)")
        visit = Visit(address, connected=site.rtt)
        if request.scheme == "https":
            await asyncio.sleep(site.rtt)
            shown = Certificate(site.names, self.issuer, self.now + timedelta(days=site.days))
            wrong = _wrong(site, request)
            secured = None if wrong else 2 * site.rtt
            visit = Visit(
                address, site.rtt, secured, certificate=shown, fault=f"certificate: {wrong}" if wrong else ""
            )
            if wrong:
                return visit
        await asyncio.sleep(site.rtt)
        answered = (visit.secured or site.rtt) + site.rtt
        if site.does == "garbage":
            return replace(visit, answered=answered, fault="the response is not HTTP")
        return replace(
            visit, answered=answered, status=site.status, reason=site.reason, location=site.location
        )


def _wrong(site: Site, request: Request) -> str:
    if site.days < 0:
        return "certificate has expired"
    wild = "*." + request.host.partition(".")[2]
    if not {request.host, wild} & set(site.names):
        return f"Hostname mismatch, certificate is not valid for '{request.host}'."
    return ""
