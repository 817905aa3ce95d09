"""What a rule finds, and who needs to fix it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NotRequired, TypedDict

from dnstrace.model.asked import Name
from dnstrace.model.counting import counted
from dnstrace.model.naming import zone_text
from dnstrace.model.structs import Struct


class Level(StrEnum):
    """How much a finding matters to resolvers, and so to users."""

    ERROR = "error"  # some resolvers fail, or soon will
    WARNING = "warning"  # resolution works, but one more fault can break it
    NOTICE = "notice"  # worth knowing

    def is_at_least(self, other: Level) -> bool:
        """Whether it matters as much as another level, or more."""
        ranked = list(Level)
        return ranked.index(self) <= ranked.index(other)


class Blame(StrEnum):
    """Who needs to fix it."""

    REGISTRAR = "registrar"  # the parent publishes it for the zone: changed at the registrar of the domain
    PARENT = "parent"  # the operator of the parent zone and of its servers
    HOST = "host"  # the operator of the zone
    SERVER_OPERATOR = "server-operator"  # the operator of the zone that the name of a name server is in
    NETWORK = "network"  # whoever runs the network between here and the servers
    RESOLVER = "resolver"  # the operator of a resolver that was asked
    NOBODY = "nobody"


def who_fixes(blame: Blame, operator: Name | None = None) -> str:
    """Who needs to fix something, as a sentence says it; empty where nobody does.

    `operator` is the zone whose registrar or operator that is.
    """
    of = None if operator is None else zone_text(operator)
    who = {
        Blame.PARENT: of and (of if len(operator or ()) == 1 else f"{of}, the parent zone,"),
        Blame.SERVER_OPERATOR: of and f"{of}, the zone of the name server,",
    }.get(blame, of)
    return {
        Blame.REGISTRAR: f"fix this at the registrar of {who or 'the zone'}",
        Blame.PARENT: f"the operator of {who or 'the parent zone'} needs to fix this",
        Blame.HOST: f"the operator of {who or 'the zone'} needs to fix this",
        Blame.SERVER_OPERATOR: f"the operator of {who or 'the name server'} needs to fix this",
        Blame.NETWORK: "the operator of this network needs to fix this",
        Blame.RESOLVER: "the operator of the resolver needs to fix this",
        Blame.NOBODY: "",
    }[blame]


def who_acts(blame: Blame, operator: Name | None = None) -> str:
    """Who needs to act, as a heading names them; empty where nobody does. `operator` as for `who_fixes`."""
    of = None if operator is None else zone_text(operator)
    above = of if operator is not None and len(operator) == 1 else of and f"{of}, the parent zone"
    server = "the name server" if of is None else f"{of}, the zone of the name server"
    return {
        Blame.REGISTRAR: f"the owner of {of or 'the zone'}, at its registrar",
        Blame.PARENT: f"the operator of {above or 'the parent zone'}",
        Blame.HOST: f"the operator of {of or 'the zone'}",
        Blame.SERVER_OPERATOR: f"the operator of {server}",
        Blame.NETWORK: "the operator of this network",
        Blame.RESOLVER: "the operator of the resolver",
        Blame.NOBODY: "",
    }[blame]


class Remedy(Struct):
    """What to change so that a finding is gone: who acts, and on which records, in master-file format.

    `where` is the zone whose data change: for a delegation and its DS records, the parent zone. The records
    of `add` join RRsets, those of `remove` leave them, and those of `change` are whole RRsets that replace
    what has their owner and type. `servers` are the name servers that need to be repaired or configured.
    """

    who: Blame
    where: Name | None = None
    add: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    servers: tuple[Name, ...] = ()


class Fix(TypedDict):
    """The part of an observation that says what to do, and who does it if that is not as its rule says.

    The fields are as in `Observation`.
    """

    cure: str
    remedy: Remedy
    records: NotRequired[tuple[str, ...]]
    blame: NotRequired[Blame | None]
    operator: NotRequired[Name | None]


class Rehearsal(Struct):
    """What a number of changes together were seen to lead to: `4 of 4 paths give 192.0.2.1`.

    `shown` is how many of them the reader sees, if not all.
    """

    led_to: str
    changes: int = 1
    shown: int | None = None

    @property
    def text(self) -> str:
        """It as a sentence: `with this and 1 change not shown here, 4 of 4 paths give 192.0.2.1`."""
        shown = self.changes if self.shown is None else self.shown
        these = "this" if shown == 1 else f"these {shown} changes"
        others = (
            f" and {counted(self.changes - shown, 'change')} not shown here" if shown < self.changes else ""
        )
        return f"with {these}{others}, {self.led_to}"


class Observation(Struct):
    """What a rule reports: one sentence, the steps that show it, and the server if it is about one server.

    `cure` says what to do in this very case; `records` are the exact records to publish, in master-file
    format; `remedy` is the same as a value. `level` and `blame` are set where they differ from those of the
    rule. `operator` is the zone whose registrar acts, if that is not the zone itself.
    """

    message: str
    steps: tuple[int, ...]
    server: Name | None = None
    cure: str = ""
    records: tuple[str, ...] = ()
    level: Level | None = None
    blame: Blame | None = None
    zone: Name | None = None
    remedy: Remedy | None = None
    operator: Name | None = None


class Finding(Struct):
    """A defect: `code` names it, `zone` and `server` say where, `steps` are the ids of the evidence.

    `references` are RFCs with their sections. `rehearsed` says what the remedy was seen to lead to, empty if
    that was not tried; `unrehearsed` is then why not; `rehearsal` is the former as a value. `explains` are
    the codes of findings that are there because of this one. `operator` is the zone whose operator or
    registrar needs to act: by `blame`, the zone itself, its parent, or the zone that the name server is in.
    """

    code: str
    level: Level
    zone: Name | None
    server: Name | None
    message: str
    steps: tuple[int, ...]
    references: tuple[str, ...]
    blame: Blame
    cure: str = ""
    records: tuple[str, ...] = ()
    remedy: Remedy | None = None
    rehearsed: str = ""
    unrehearsed: str = ""
    explains: tuple[str, ...] = ()
    operator: Name | None = None
    rehearsal: Rehearsal | None = None

    @property
    def who(self) -> str:
        """Who needs to fix it, as a sentence says it; empty if nobody does."""
        return who_fixes(self.blame, self._whose)

    @property
    def actor(self) -> str:
        """Who needs to fix it, as a heading names them; empty if nobody does."""
        return who_acts(self.blame, self._whose)

    @property
    def _whose(self) -> Name | None:
        own = self.zone if self.blame in (Blame.HOST, Blame.REGISTRAR) else None
        return self.operator or own

    @property
    def is_error(self) -> bool:
        """Whether it makes some resolvers fail."""
        return self.level is Level.ERROR

    @property
    def is_notice(self) -> bool:
        """Whether it is only worth knowing."""
        return self.level is Level.NOTICE


class Explanation(Struct):
    """What all findings with the same code share: a title of one sentence, and texts by their headings."""

    title: str
    sections: Mapping[str, str]


class Verdict(Struct):
    """What is wrong with a trace, in one sentence, and its parts for programs.

    `steps` are the ids of the steps that show it. `reproduce` is the dig command that sends the query that
    shows it, or two of them, each on a line of its own, if it compares two replies; empty if no query does.
    `records` are the records to publish, in master-file format; where there are any, `cure` says what to do
    with them, and `unrehearsed` why it was not tried what they lead to. `operator` is the zone whose operator
    or registrar needs to act. `summary` has a line for each level of findings: how many, and each by its
    code. `claims` are the cause that the sentence states and the finding that follows from it, or the one
    that is both; empty if no rule explains the end.
    """

    text: str
    blame: Blame
    zone: Name | None = None
    operator: Name | None = None
    server: Name | None = None
    steps: tuple[int, ...] = ()
    reproduce: str = ""
    records: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    cure: str = ""
    unrehearsed: str = ""
    claims: tuple[Finding, ...] = ()
