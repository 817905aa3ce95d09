"""Which name to ask next so that no server learns more than it needs (QNAME minimisation, RFC 9156).

A server of a zone is asked for one label more than is known to exist, with type A, which every server
handles (section 2.1), until the whole name is reached, which is asked with its own type. Names with many
labels are not asked label by label: after the first few, the rest is divided evenly (section 2.3).
"""

from __future__ import annotations

import dns.rdatatype

from dnstrace.model import Name, Question

MAX_MINIMISE_COUNT = 10  # RFC 9156 section 2.3
MINIMISE_ONE_LAB = 4


def next_question(question: Question, known: Name, asked: int) -> Question:
    """The question to ask when `known` is the deepest name known to exist, after `asked` such questions.

    `known` encloses the name of `question`. The question itself is returned when no label is left to
    hide, or when the maximum number of questions is reached.
    """
    hidden = len(question.name.labels) - len(known.labels)
    if hidden <= 1 or asked >= MAX_MINIMISE_COUNT:
        return question
    revealed = len(known.labels) + _labels_to_show(hidden, asked)
    if revealed >= len(question.name.labels):
        return question
    return Question(Name(question.name.labels[-revealed:]), dns.rdatatype.A, question.rdclass)


def _labels_to_show(hidden: int, asked: int) -> int:
    """How many more labels to show: one at first, then an even share of the rest."""
    if asked < MINIMISE_ONE_LAB:
        return 1
    left = MAX_MINIMISE_COUNT - asked
    return max(1, -(-hidden // left))
