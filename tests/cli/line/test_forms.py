"""The words of --format and --fail-on."""

from __future__ import annotations

import pytest

from dnstrace.cli.line.forms import FAIL_ON, FORMATS, LEVELS, Output, in_format
from dnstrace.cli.usage import Usage
from dnstrace.model import policy
from dnstrace.model.findings import Level


def test_every_format_is_a_form_of_output() -> None:
    assert [in_format(form.value) for form in FORMATS] == [*FORMATS]
    assert not {Output.TREE, Output.JSON} & {*FORMATS}
    with pytest.raises(Usage, match="did you mean sarif"):
        in_format("sarf")


def test_the_levels_are_those_of_the_model() -> None:
    assert FAIL_ON == policy.FAIL_ON and tuple(each.value for each in Level) == LEVELS
