"""What every step of one trace shares."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from dnstrace.message.supposed import NOTHING, Supposed
from dnstrace.model import Settings
from dnstrace.port import Network
from dnstrace.walk.budget import Budget
from dnstrace.walk.cuts import Cuts
from dnstrace.walk.health import Health
from dnstrace.walk.journal import Journal
from dnstrace.walk.remembered import Remembered


class TraceContext(NamedTuple):
    """What every step of a trace shares."""

    network: Network
    settings: Settings
    budget: Budget
    journal: Journal
    cuts: Cuts
    health: Health
    random: Random
    remembered: Remembered
    supposed: Supposed = NOTHING
