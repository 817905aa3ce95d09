"""The clock of the lab: see dnstrace/clock.py."""

from dnstrace.clock import NothingToWaitFor, VirtualLoop, run

__all__ = ["NothingToWaitFor", "VirtualLoop", "run"]
