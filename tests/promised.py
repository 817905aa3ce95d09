"""What CONTRIBUTING.md promises by name, collected from the program, and kept in `promised.json`.

python -m tests.promised    # adds what is new; what is gone stays, so that the test reports it
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from dnstrace.checks import CATALOGUE
from dnstrace.cli.exits import Exit
from dnstrace.cli.line.former import CODES
from dnstrace.cli.line.options import BY_LETTER, BY_NAME, BY_PLUS
from dnstrace.render.document import schema

PROMISED = Path(__file__).with_name("promised.json")
MODULES = ("dnstrace", "dnstrace.model", "dnstrace.record", "dnstrace.testing")


def found() -> dict[str, list[str]]:
    """Each kind of name that is promised, with the names that the program has now, sorted."""
    return {
        "options": sorted([*(f"--{each}" for each in BY_NAME), *(f"-{each}" for each in BY_LETTER)]),
        "words of dig": sorted(f"+{each}" for each in BY_PLUS),
        "exit statuses": sorted(f"{each.value} {each.name}" for each in Exit),
        "findings": sorted({*CATALOGUE, *CODES}),
        "JSON keys": sorted({*_keys(json.loads(schema()))}),
        "Python": sorted({name for module in MODULES for name in _names(module)}),
    }


def _keys(node: Any) -> Iterator[str]:
    """The keys of every object that the schema describes."""
    if isinstance(node, dict):
        yield from node.get("properties", ())
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys(each)


def _names(module: str) -> Iterator[str]:
    """The public names of a module, with the fields of its values and the arguments of its functions."""
    for name in import_module(module).__all__:
        public = f"{module}.{name}"
        yield public
        value = getattr(import_module(module), name)
        if isinstance(value, type) and issubclass(value, Enum):
            yield from (f"{public}.{each.name}" for each in value)
        elif (
            callable(value)
            and getattr(value, "__module__", "").startswith("dnstrace")
            and not _is_error(value)
        ):
            yield from (f"{public}({each})" for each in inspect.signature(value).parameters)


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def main() -> None:
    """Add to the file what is new."""
    before = json.loads(PROMISED.read_text()) if PROMISED.exists() else {}
    kept = {kind: sorted({*names, *before.get(kind, ())}) for kind, names in found().items()}
    PROMISED.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
