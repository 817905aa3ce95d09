from __future__ import annotations

import pytest

from dnstrace.cli.line import values
from tests.cli.line.refusing import refused


@pytest.mark.parametrize("text", ["1", "65535", "0053"])
def test_whole_numbers(text: str) -> None:
    assert values.whole(1, 65535)(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "70000", "-1", "+1", "1.0", "1_0", " 1", "\uff11", "x", "9" * 9999]
)
def test_what_is_no_whole_number_within_bounds(text: str) -> None:
    assert "from 1 to 65535" in refused(values.whole(1, 65535), text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("86400", 86400.0),
        ("5s", 5.0),
        ("500ms", 0.5),
        ("2m", 120.0),
        ("1h30m", 5400.0),
        ("1.5H", 5400.0),
        ("1d", 86400.0),
    ],
)
def test_seconds(text: str, number: float) -> None:
    assert values.seconds(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "0",
        "0.0",
        "-1",
        "nan",
        "inf",
        "1e3",
        "86401",
        "1.2.3",
        "٣",
        "2x",
        "s",
        "1h30",
        "2 s",
        "25h",
        "0s",
        "0" * 500,
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert "more than 0 and at most" in refused(values.seconds, text)


def test_an_unknown_world_is_refused_with_the_nearest() -> None:
    assert "did you mean alias?" in refused(values.world, "alia")
    assert values.world("list") == "list"


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_what_is_no_path(text: str) -> None:
    refused(values.file, text)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("20260115", 1_768_435_200),
        ("20260115120000", 1_768_478_400),
        ("@1768478400", 1_768_478_400),
        ("@0", 0),
        ("2026-01-15", 1_768_435_200),
        ("1768435200", 1_768_435_200),
        ("2026-01-15T12:00:00Z", 1_768_478_400),
        ("2026-01-15T12:00:00.5+02:00", 1_768_471_200.5),
        ("20260115T120000", 1_768_478_400),
    ],
)
def test_moments(text: str, time: float) -> None:
    assert values.moment(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@-1",
        "@1_0",
        "@" + "9" * 13,
        "yesterday",
        "20260132",
        "20261301000000",
        "2026011501200",
        "9" * 999,
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert "must be a time such as 2026-01-31T12:00:00Z, 20260131, 2" in refused(values.moment, text)
    assert "since 1970" not in refused(values.moment, text)


@pytest.mark.parametrize("text", ["0", "176847840", "2026", "202601", "202601151200"])
def test_bare_seconds_are_refused_with_what_to_type(text: str) -> None:
    assert refused(values.moment, text).endswith(f"not '{text}'; for seconds since 1970 type @{text}")
