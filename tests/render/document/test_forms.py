"""Documents that are alike but for some values have the text that the encoder gives each of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnstrace.render.document import forms
from dnstrace.render.document.forms import encode, written

_TEXTS = st.text(st.characters(exclude_categories=["Cc"])) | st.sampled_from(
    ["%", "%s", "%(own)s", "\\u0000own", '"']
)


@given(st.dictionaries(_TEXTS, _TEXTS), _TEXTS, _TEXTS, st.integers())
def test_the_text_is_that_of_the_encoder(common: dict[str, str], one: str, other: str, number: int) -> None:
    forms._forms.clear()
    for own in (one, other):
        document = {"first": number, **common, "own": own, "last": common}
        values = {"first": number, "own": encode(own)}
        for like in ("these", None):
            assert written(like, values, document.copy) == json.dumps(document)


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_MOST", 3)
    for number in range(10):
        document = {"own": 1, "of": number}
        assert written(number, {"own": 1}, document.copy) == encode(document)
    assert 0 < len(forms._forms) <= 3
