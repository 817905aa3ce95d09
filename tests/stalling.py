"""An event loop over real sockets whose turns sometimes take a second, as on a busy machine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.unhurried import UnhurriedLoop

T = TypeVar("T")


class StallingLoop(UnhurriedLoop):
    """A loop whose clock jumps ahead by a second in some of its turns; `stalls` counts them."""

    def __init__(self, chance: float, seed: int) -> None:
        self._chance, self._random = chance, random.Random(seed)
        self.stalls = 0
        super().__init__()

    def _run_once(self) -> None:
        if self._random.random() < self._chance:
            self.stalls += 1
            self.now += 1.0
        super()._run_once()  # type: ignore[misc]


def run(main: Coroutine[Any, Any, T], chance: float, seed: int = 0) -> T:
    """Run a coroutine on such a loop."""
    with asyncio.Runner(loop_factory=lambda: StallingLoop(chance, seed)) as runner:
        return runner.run(main)
