"""`python -m tests.fuzz TARGET [SECONDS]`: fuzz one target, 60 seconds long unless told.

With atheris installed (`pip install atheris`) coverage guides what is tried; without it, inputs of the
corpus are damaged at random. Either ends with the number of inputs, or at the first that raises:
that one is left in a file of the working directory, to go into the corpus as `crash-*` once mended.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.fuzz.mutation import CORPUS, LONGEST, corpus, mutated

_SECONDS = 60
_LIMIT = 10  # seconds for one input


def guided(target: str, seconds: int) -> None:
    """Fuzz with atheris; it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["dnstrace", "dns"]):
        targets = importlib.import_module("tests.fuzz.targets")
    function, directory = targets.TARGETS[target]
    new = tempfile.mkdtemp(prefix=f"fuzz-{target}-")
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={_LIMIT}",
        f"-max_len={LONGEST}",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, new, str(CORPUS / directory)], function)
    atheris.Fuzz()


def unguided(target: str, seconds: int) -> None:
    """Damage the corpus at random."""
    targets = importlib.import_module("tests.fuzz.targets")
    function, directory = targets.TARGETS[target]
    random, inputs, count = Random(), corpus(directory), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        octets = mutated(random, random.choice(inputs), inputs)
        count += 1
        try:
            function(octets)
        except Exception:
            traceback.print_exc()
            Path(f"crash-{target}").write_bytes(octets)
            sys.exit(f"{target}: input {count} raises; it is in crash-{target}")
    print(f"{target}: {count} inputs, none raises")


def main(arguments: list[str]) -> None:
    if not 1 <= len(arguments) <= 2:
        sys.exit(__doc__)
    target, seconds = arguments[0], int(arguments[1]) if len(arguments) == 2 else _SECONDS
    fuzz = guided if importlib.util.find_spec("atheris") else unguided
    fuzz(target, seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
