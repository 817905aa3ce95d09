"""The head of a page allows its own style and script, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

from dnstrace.render.html_head import html_head, script


def test_only_what_the_page_holds_is_allowed() -> None:
    head = html_head("<a>", script())
    style = re.search("<style>(.*)</style>", head, re.DOTALL)
    assert style is not None and "<title>&lt;a&gt;: dnstrace</title>" in head
    for text in (style[1], script()):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in head
    assert "default-src 'none'" in head and "script-src" not in html_head("a")
