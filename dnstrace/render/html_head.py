"""The head of a page: its style sheet, and a Content Security Policy that allows only that and its script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape

from dnstrace import data
from dnstrace.render import pictures


def html_head(title: str, script: str = "") -> str:
    """The head of a page with this title, which may run this script."""
    allowed = f"; script-src {_csp_hash(script)}" if script else ""
    policy = f"default-src 'none'; style-src {_csp_hash(_style_sheet())}{allowed}; base-uri 'none'"
    return "\n".join(
        [
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}: dnstrace</title>",
            f"<style>{_style_sheet()}</style>",
            "</head>",
        ]
    )


@cache
def script() -> str:
    """The script of the page of a trace."""
    return data.text("page.js")


@cache
def _style_sheet() -> str:
    return data.text("page.css") + pictures.STYLE


def _csp_hash(text: str) -> str:
    """The CSP source expression of an inline style or script (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
