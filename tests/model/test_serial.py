from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dnstrace.model.serial import ahead, moment, newest_of


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        (1, 0, 1),
        (0, 1, -1),
        (0, 2**32 - 1, 1),
        (2**32 - 1, 0, -1),
        (2**31 - 1, 0, 2**31 - 1),
        (2**31, 0, -(2**31)),
        (0, 2**31, -(2**31)),
        (5, 2**32 + 3, 2),
    ],
)
def test_serials_are_compared_around_the_circle(one: int, other: int, distance: int) -> None:
    assert ahead(one, other) == distance


NOW = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("serial", "near", "year"),
    [
        (int(NOW), NOW, 2026),
        (2**32 - 1, NOW, 2106),
        (int(NOW) + 69 * 31_557_600, NOW, 2095),
        (100, NOW + 80 * 365 * 86400, 2106),
        (2**32 - 1, 0.0, 2106),
        (0, 1e12, 1970),
    ],
)
def test_a_32_bit_time_is_the_nearest_one_since_1970(serial: int, near: float, year: int) -> None:
    assert moment(serial, near).year == year


@pytest.mark.parametrize(
    ("serials", "newest"),
    [([1, 2], 2), ([4294967295, 1], 1), ([2026011501, 2026011400, 2026011500], 2026011501)],
)
def test_the_newest_serial_is_that_of_rfc_1982(serials: list[int], newest: int) -> None:
    assert newest_of(serials) == newest
