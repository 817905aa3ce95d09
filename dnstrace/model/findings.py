"""What a rule finds, and who needs to fix it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnstrace.model.asked import Name


class Level(StrEnum):
    """How much a finding matters to resolvers, and so to users."""

    ERROR = "error"  # some resolvers fail, or soon will
    WARNING = "warning"  # resolution works, but one more fault can break it
    NOTICE = "notice"  # worth knowing


class Blame(StrEnum):
    """Who needs to fix it."""

    REGISTRAR = "registrar"  # the parent publishes it for the zone: changed at the registrar of the domain
    PARENT = "parent"  # the operator of the parent zone and of its servers
    HOST = "host"  # the operator of the zone and of its servers
    NETWORK = "network"  # whoever runs the network between here and the servers
    NOBODY = "nobody"


def who_fixes(blame: Blame, zone: str = "the zone", parent: str = "the parent zone") -> str:
    """Who needs to fix something, as a sentence says it; empty where nobody does."""
    return {
        Blame.REGISTRAR: f"fix this at the registrar of {zone}",
        Blame.PARENT: f"the operator of {parent} needs to fix this",
        Blame.HOST: f"the operator of {zone} needs to fix this",
        Blame.NETWORK: "the operator of this network needs to fix this",
        Blame.NOBODY: "",
    }[blame]


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule reports: one sentence, the steps that show it, and the server if it is about one server.

    `cure` says what to do in this very case; `records` are the exact records to publish, in master-file
    format. `level` and `blame` are set where they differ from those of the rule.
    """

    message: str
    steps: tuple[int, ...]
    server: Name | None = None
    cure: str = ""
    records: tuple[str, ...] = ()
    level: Level | None = None
    blame: Blame | None = None
    zone: Name | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect: `code` names it, `zone` and `server` say where, `steps` are the ids of the evidence.

    `references` are RFCs with their sections.
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

    @property
    def is_error(self) -> bool:
        """Whether it makes some resolvers fail."""
        return self.level is Level.ERROR

    @property
    def is_notice(self) -> bool:
        """Whether it is only worth knowing."""
        return self.level is Level.NOTICE


@dataclass(frozen=True, slots=True)
class Explanation:
    """What all findings with the same code share: a title of one sentence, and texts by their headings."""

    title: str
    sections: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a trace, in one sentence, and its parts for programs.

    `steps` are the ids of the steps that show it. `reproduce` is a dig command line that sends the query that
    shows it (empty if no query does). `records` are the records to publish, in master-file format.
    """

    text: str
    blame: Blame
    zone: Name | None = None
    server: Name | None = None
    steps: tuple[int, ...] = ()
    reproduce: str = ""
    records: tuple[str, ...] = ()
