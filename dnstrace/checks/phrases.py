"""Servers, addresses and lists of names as the sentences of findings have them."""

from __future__ import annotations

from collections.abc import Iterable

from dnstrace.checks.replies import HeardReply, by_server


def listed(names: Iterable[object], most: int = 6) -> str:
    """Names or addresses in a sentence: `a, b and c`; of more than `most` only the first, and the count."""
    texts = [str(name) for name in names]
    if len(texts) > most:
        texts = [*texts[:most], f"{len(texts) - most} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else "none"


def where(replies: Iterable[HeardReply]) -> str:
    """The servers that gave replies, with their addresses: `ns1.example.com. (192.0.2.53, 2001:db8::53)`."""
    return listed(
        f"{server} ({', '.join(dict.fromkeys(reply.address for reply in each))})"
        for server, each in by_server(replies).items()
    )


def server_names(replies: Iterable[HeardReply]) -> str:
    """The servers that gave replies, by name, as a list in words."""
    return listed(by_server(replies))


def addresses(replies: Iterable[HeardReply]) -> str:
    """The addresses of replies, as a list in words; all of them, since each is somewhere to look."""
    *first, last = dict.fromkeys(reply.address for reply in replies)
    return f"{', '.join(first)} and {last}" if first else last
