"""The options in the OPT record of a reply, decoded and escaped (RFC 6891)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.edns

from dnstrace.message.options import ZoneVersion, report_channel, zone_version
from dnstrace.model import Name
from dnstrace.model.counting import counted
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import Struct
from dnstrace.render.text import escaped

if TYPE_CHECKING:
    import dns.message

_MOST_ERRORS, _MOST_TEXT = 4, 300  # that people are shown of one reply; characters of each text


class ExtendedError(Struct):
    """An extended DNS error (RFC 8914): number, registered name or None, free text or None."""

    code: int
    name: str | None
    text: str | None

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"EDE {self.code}{name}" + (f": {shortened(self.text)}" if self.text else "")


class EdnsOptions(Struct):
    """The options of a reply; None or empty if absent.

    `nsid` is the name server identifier in octets (RFC 5001), `nsid_text` the same as text, `cookie` the
    parts of client and server (RFC 7873), `subnet` the client subnet as `ADDRESS/SOURCE/SCOPE` (RFC 7871),
    `version` that of the zone (RFC 9660), `channel` the agent that resolvers report errors to (RFC 9567).
    """

    nsid: bytes | None = None
    errors: tuple[ExtendedError, ...] = ()
    cookie: bytes | None = None
    subnet: str | None = None
    version: ZoneVersion | None = None
    channel: Name | None = None

    @property
    def error_texts(self) -> list[str]:
        """The extended errors for people: the first of them, and the number of the others."""
        texts = list(map(str, self.errors[:_MOST_ERRORS]))
        more = len(self.errors) - len(texts)
        return [*texts, f"and {counted(more, 'more EDE')}"] if more else texts

    @property
    def nsid_text(self) -> str | None:
        """The identifier as text, with octets that are not text escaped."""
        return None if self.nsid is None else escaped(self.nsid)


def shortened(text: str) -> str:
    """A text from the network for people: a server may send 64,000 characters of it."""
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}... ({len(text)} characters)"


def version_text(version: ZoneVersion) -> str:
    """From which version of a zone a reply is, in words."""
    if version.serial is None:
        return f"version of {zone_text(version.zone)}: type {version.kind}, {version.data.hex()}"
    return f"version {version.serial} of {zone_text(version.zone)}"


_NONE = EdnsOptions()


def edns_options(message: dns.message.Message) -> EdnsOptions:
    """The options in the OPT record of `message`."""
    if not message.options:
        return _NONE
    by_type = {option.otype: option for option in message.options}
    nsid, cookie = by_type.get(dns.edns.OptionType.NSID), by_type.get(dns.edns.OptionType.COOKIE)
    subnet = by_type.get(dns.edns.OptionType.ECS)
    return EdnsOptions(
        nsid=None if nsid is None else nsid.to_wire(),
        errors=tuple(_error(each) for each in message.options if isinstance(each, dns.edns.EDEOption)),
        cookie=None if cookie is None else cookie.to_wire(),
        subnet=f"{subnet.address}/{subnet.srclen}/{subnet.scopelen}"
        if isinstance(subnet, dns.edns.ECSOption)
        else None,
        version=zone_version(message),
        channel=report_channel(message),
    )


def _error(option: dns.edns.EDEOption) -> ExtendedError:
    known = option.code in dns.edns.EDECode.__members__.values()
    return ExtendedError(
        code=int(option.code),
        name=_title(dns.edns.EDECode(option.code).name) if known else None,
        text=escaped(option.text) if option.text else None,
    )


def _title(mnemonic: str) -> str:
    """`DNSKEY_MISSING` in the spelling of RFC 8914 section 4: `DNSKEY Missing`."""
    kept = {"DNSKEY", "DS", "NSEC", "NXDOMAIN", "DNSSEC"}
    words = (word if word in kept else word.capitalize() for word in mnemonic.split("_"))
    return " ".join(words).replace("Rrsigs", "RRSIGs")
