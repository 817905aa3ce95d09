"""What one trace may spend.

One Budget is shared by a trace and all of its sub-walks and is never reset, so that nothing the network
says can make a trace send without end: referral and alias loops, name servers whose addresses depend on
each other, or a referral with a thousand names (NXNSAttack, CVE-2020-12662) all end here, in a sentence
that the tree shows.
"""

from __future__ import annotations

from dnstrace.model.counting import counted
from dnstrace.model.limits import OF_REPLIES, Limits


class Budget:
    """What is left of the Limits. `spent_out` is the first limit that was reached, in words."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.queries = self.lookups = self.aliases = self.octets = 0
        self.spent_out = ""
        self.cut_short = ""  # the limit for which a query was not sent, in words

    def query(self) -> bool:
        """Take one query; False if none is left, or if the replies so far are as many as may be kept."""
        if self.octets >= self.limits.octets:
            every = f"{counted(self.limits.octets, 'octet')} {OF_REPLIES}"
            self._note_end(every)
            self.cut_short = _reached(every)
            return False
        if self._take("queries", self.limits.max_queries, "query", "queries"):
            return True
        self.cut_short = _reached(counted(self.limits.max_queries, "query", "queries"))
        return False

    @property
    def has_queries(self) -> bool:
        """Whether another query may be taken."""
        return self.octets < self.limits.octets and self.left > 0

    @property
    def left(self) -> int:
        """How many queries may still be taken."""
        return self.limits.max_queries - self.queries

    def kept_back(self) -> None:
        """Note that a query was not sent, so that the walk has enough of them to get to its end."""
        self.cut_short = self.cut_short or _reached(counted(self.limits.max_queries, "query", "queries"))

    def hurried(self) -> None:
        """Note that replies were not waited for, so that the walk has enough time to get to its end."""
        every = f"a deadline of {self.limits.deadline:g} s leaves no time to wait for every server"
        self.cut_short = self.cut_short or every

    def received(self, octets: int) -> None:
        """Count the octets of a reply; each takes up to two hundred octets of memory once it is read."""
        self.octets += octets

    def lookup(self) -> bool:
        """Take one look-up of a name server's address."""
        return self._take("lookups", self.limits.lookups, "name server look-up")

    def alias(self, count: int = 1) -> bool:
        """Take the aliases of one reply to follow; the last reply may have more of them than are left."""
        return self._take("aliases", self.limits.aliases, "alias", "aliases", count)

    def _take(self, what: str, bound: int, noun: str, nouns: str = "", count: int = 1) -> bool:
        used: int = getattr(self, what)
        if used >= bound:
            self._note_end(counted(bound, noun, nouns))
            return False
        setattr(self, what, used + count)
        return True

    def _note_end(self, bound: str) -> None:
        self.spent_out = self.spent_out or _reached(bound)


def _reached(bound: str) -> str:
    return f"the limit of {bound} is reached"
