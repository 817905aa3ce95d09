"""Which data of a zone a signed record of the same zone denies."""

from __future__ import annotations

from dnstrace.checks.readings.denied_data import contradicted, contradicting_themselves
from dnstrace.checks.readings.evidence import Evidence
from tests.checks.documented import checked_world
from tests.replies import name


def test_data_is_denied_only_where_a_signed_record_says_that_it_is_not_there() -> None:
    for world, denied in (("dnssec-denial-contradicts-nsec", True), ("dnssec-nsec-nodata", False)):
        cut = Evidence(checked_world(world)).cut(name("example.com."))
        assert cut is not None and bool(contradicted(cut)) is denied
        assert bool(contradicting_themselves(cut)) is denied
