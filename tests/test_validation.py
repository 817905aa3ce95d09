"""Beside the walk: what the chain of trust needs is asked when and where it costs nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dnstrace import Trace, trace
from dnstrace.dnssec import Anchors, Security
from dnstrace.model import Exchange, Purpose, Query, Question
from dnstrace.walk import Resolution
from tests.dnssec.zones import *  # noqa: F403
