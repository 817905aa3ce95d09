"""The values of TLS: what need not be known of a certificate."""

from __future__ import annotations

from dnstrace.model.certificates import Certificate, Secured


def test_what_is_not_known_is_left_open() -> None:
    shown = Certificate(("www.example.com",), "an authority", None)
    assert (shown.subject, shown.begins, shown.self_issued) == ("", None, False)
    assert Secured("TLSv1.3", "dot", b"").distrust is None
