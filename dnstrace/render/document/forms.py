"""Documents that are alike but for a few values: their text is made once, and then filled in."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from dnstrace.model.documents import Document

_MOST = 1024  # forms that are kept
encode = json.JSONEncoder(allow_nan=False).encode
"""A value as JSON on one line."""


def place_of(key: str) -> str:
    """What stands for a value of its own; no text of a document has a control character."""
    return f"\0{key}"


class _Form:
    """The text of alike documents, with a place for each value of their own; and what it is known by."""

    __slots__ = ("_held", "_text", "_values")

    def __init__(self, document: Document | list[Document], own: Mapping[str, object], held: object) -> None:
        places = {key: place_of(key) for key in own}
        whole = {**document, **places} if isinstance(document, dict) else document
        text = encode(whole).replace("%", "%%")
        marks = {key: encode(place) for key, place in places.items()}
        self._values, self._held = itemgetter(*sorted(own, key=lambda key: text.index(marks[key]))), held
        for mark in marks.values():
            text = text.replace(mark, "%s")
        self._text = text

    def filled(self, own: Mapping[str, object]) -> str:
        """The text of a document with values of its own."""
        text: str = self._text % self._values(own)
        return text


_forms: dict[Hashable, _Form] = {}


def written(
    like: Hashable,
    own: Mapping[str, object],
    document: Callable[[], Document | list[Document]],
    held: object = None,
) -> str:
    """The text of a document. Those with the same `like`, which says what they are, differ in `own` alone.

    `own` has texts of JSON, or numbers, by their keys; in a list, `place_of` says what stands for one. `held`
    is kept with the form, if `like` has its identity. None as `like` is for a document unlike others.
    """
    if like is None:
        return _Form(document(), own, None).filled(own)
    form = _forms.get(like)
    if form is None:
        if len(_forms) >= _MOST:
            _forms.clear()
        form = _forms[like] = _Form(document(), own, held)
    return form.filled(own)
