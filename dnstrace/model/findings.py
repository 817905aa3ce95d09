"""What a rule finds: the values, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnstrace.model.asked import Name


class Level(StrEnum):
    """How much a finding matters to resolvers, and so to users."""

    ERROR = "error"  # some resolvers fail, or soon will
    WARNING = "warning"  # it works, but one more fault and it does not
    NOTICE = "notice"  # worth knowing


class Blame(StrEnum):
    """Whose job it is to mend it."""

    REGISTRAR = "registrar"  # what the parent publishes for the zone: changed where the domain was bought
    PARENT = "parent"  # the operator of the zone above, and of its servers
    HOST = "host"  # the operator of the zone and of its servers
    NETWORK = "network"  # what lies between here and the servers
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule reports: one sentence, the steps that show it, the server where it is one server's.

    `cure` says what is to be done in this very case, `records` are the exact records to publish, in master
    file syntax. `level` and `blame` are given where they differ from those that the rule has in general.
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
    """What all findings of one code have in common: a title of one sentence, and texts by their headings."""

    title: str
    sections: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a trace in one sentence, and its parts for programs.

    `steps` are the ids of the steps that show it, `reproduce` is a command line of dig that asks again what
    shows it (empty where no query does), `records` are to be published, in master-file form.
    """

    text: str
    blame: Blame
    zone: Name | None = None
    server: Name | None = None
    steps: tuple[int, ...] = ()
    reproduce: str = ""
    records: tuple[str, ...] = ()
