"""A finding made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dns.name

from dnstrace.model.findings import Blame, Finding, Level

_LAME = Finding(
    code="lame-server",
    level=Level.ERROR,
    zone=dns.name.from_text("example.com."),
    server=dns.name.from_text("ns1.example.com."),
    message="ns1.example.com does not serve example.com",
    steps=(3,),
    references=("RFC 1912 section 2.8",),
    blame=Blame.HOST,
    cure="configure example.com on ns1.example.com",
)


def finding(**changed: Any) -> Finding:
    """A lame server, with what is changed of that; names are given as text."""
    for key in {"zone", "server"} & changed.keys():
        changed[key] = None if changed[key] is None else dns.name.from_text(changed[key])
    return replace(_LAME, **changed)
