"""The files of the package that are data: root hints, trust anchors, the schema, what pages consist of."""

from __future__ import annotations

import os.path


def text(name: str) -> str:
    """The text of one of these files, wherever the package was imported from, a zip file included.

    `importlib.resources` reads them too; importing it takes as long as a tenth of all that a trace imports.
    """
    octets: bytes = globals()["__loader__"].get_data(os.path.join(os.path.dirname(__file__), name))
    return octets.decode("utf-8").replace("\r\n", "\n")
