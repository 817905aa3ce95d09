"""A record for the tests of this folder."""

from __future__ import annotations

import json
from typing import Any

from dnstrace.lab.network import LabNetwork
from dnstrace.lab.world import load as world
from tests.saving import saved


def made(**how: Any) -> bytes:
    found = world("truncated")
    return saved(found.question, LabNetwork(found), seed=1, now=found.now, **how)[1]


OCTETS = made()


def changed(change: Any) -> bytes:
    document = json.loads(OCTETS)
    change(document)
    return json.dumps(document).encode()
