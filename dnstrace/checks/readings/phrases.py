"""Zones, servers, addresses and questions in the sentences of findings: names without their final dot."""

from __future__ import annotations

from collections.abc import Iterable

import dns.name
import dns.rdatatype

from dnstrace.checks.readings.evidence import Cut
from dnstrace.checks.readings.replies import HeardReply, by_server
from dnstrace.checks.readings.upper_zone import delegating, upper_zone
from dnstrace.model import Question
from dnstrace.model.naming import plain, zone_text

UPDATE = "update the name server software of {server}, or whatever changes its replies on the way"
"""What to do about a server whose replies no name server should send."""


def parent_text(cut: Cut) -> str:
    """The zone that delegates to this one, as far as it is known."""
    given = bool(cut.referrals) and cut.referrals[0].step.given
    zone = upper_zone(cut) if given else delegating(cut)
    return "the parent zone" if zone is None else zone_text(zone)


def question_text(question: Question) -> str:
    """A question by name and type: `www.example.com A`."""
    return f"{plain(question.name)} {dns.rdatatype.to_text(question.rdtype)}"


def keys_text(tags: Iterable[int]) -> str:
    """Keys by their tags: `key 12345`, or `keys 12345 and 54321`."""
    tags = dict.fromkeys(tags)
    return f"{'key' if len(tags) == 1 else 'keys'} {listed(tags)}"


def listed(items: Iterable[object], most: int = 6) -> str:
    """Names, addresses or other things: `a, b and c`; of more than `most` the first ones and the count."""
    texts = [plain(item) if isinstance(item, dns.name.Name) else str(item) for item in items]
    if len(texts) > most:
        texts = [*texts[:most], f"{len(texts) - most:,} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else "none"


def where(replies: Iterable[HeardReply]) -> str:
    """The servers that gave replies, with their addresses: `ns1.example.com (192.0.2.53, 2001:db8::53)`."""
    return listed(
        f"{plain(server)} ({', '.join(dict.fromkeys(reply.address for reply in each))})"
        for server, each in by_server(replies).items()
    )


def server_names(replies: Iterable[HeardReply]) -> str:
    """The servers that gave replies, by name."""
    return listed(by_server(replies))


def addresses(replies: Iterable[HeardReply]) -> str:
    """The addresses of replies: all of them, since each is a place to look at."""
    *first, last = dict.fromkeys(reply.address for reply in replies)
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 query`, `2 queries`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
