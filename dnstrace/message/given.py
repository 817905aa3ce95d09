"""The addresses that a reply gives for a name server that was asked for explicitly."""

from __future__ import annotations

from dnstrace.model import Meaning, Question
from dnstrace.model.addresses import address_of


def addresses_given(meaning: Meaning, question: Question) -> tuple[str, ...]:
    """What a reply to `question`, for the address of a name server, gives: as an answer, or as glue."""
    glue = () if meaning.delegation is None else meaning.delegation.servers
    texts = [a.text for server in glue if server.name == question.name for a in server.addresses]
    texts += [
        text
        for rrset in meaning.answer
        if rrset.name == question.name and rrset.rdtype == question.rdtype
        for text in filter(None, map(address_of, rrset))
    ]
    return tuple(dict.fromkeys(texts))
