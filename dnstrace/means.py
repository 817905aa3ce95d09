"""What every step of one trace shares."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from dnstrace.budget import Budget
from dnstrace.cuts import Cuts
from dnstrace.health import Health
from dnstrace.journal import Journal
from dnstrace.model import Settings
from dnstrace.port import Network
from dnstrace.supposed import NOTHING, Supposed


class Means(NamedTuple):
    """What every step of a trace shares."""

    network: Network
    settings: Settings
    budget: Budget
    journal: Journal
    cuts: Cuts
    health: Health
    random: Random
    supposed: Supposed = NOTHING
