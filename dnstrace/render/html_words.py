"""The words of the trade that a page uses, each explained, for readers who meet them for the first time."""

from __future__ import annotations

import re
from html import escape, unescape

from dnstrace.render.glossary import Term, terms

_TAGS = re.compile("<[^>]*>")


def words(html: str) -> str:
    """The terms that occur in the text of some HTML, folded; empty if there are none."""
    text = unescape(_TAGS.sub(" ", html))
    found = [term for term in terms().values() if _occurs(term, text)]
    if not found:
        return ""
    entries = "".join(
        f"<div><dt>{escape(term.name)}</dt><dd>{escape(term.meaning)}</dd></div>" for term in found
    )
    return f'<details><summary>What they mean</summary><dl class="words">{entries}</dl></details>'


def _occurs(term: Term, text: str) -> bool:
    """Whether a text has a name of the term as a word, also in the plural; capitals count if it has them."""
    return any(
        re.search(rf"(?<![\w.-]){_pattern(name)}s?(?![\w-]|\.\w)", text) for name in (term.name, *term.also)
    )


def _pattern(name: str) -> str:
    return re.escape(name) if name != name.lower() else f"(?i:{re.escape(name)})"
