from __future__ import annotations

import pytest

from dnstrace.cli.line.places import place, token
from dnstrace.cli.usage import Usage
from dnstrace.model.places import HERE, Way
from tests.cli.running import run


def test_each_form_of_a_place_is_read() -> None:
    assert place("here") == HERE
    found = place("ssh://me@Tokyo.example:2222")
    assert (found.way, found.host, found.user, found.port) == (Way.SSH, "Tokyo.example", "me", 2222)
    assert place("ssh://[2001:db8::1]").host == "2001:db8::1"
    assert place("command:kubectl exec -i 'a pod' --").words == ("kubectl", "exec", "-i", "a pod", "--")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tokyo", "must be here, ssh://"),
        ("ssh:tokyo", "must be here, ssh://"),
        ("ssh://", "name or address of a host"),
        ("ssh://-oProxyCommand=x", "name or address of a host"),
        ("ssh://me:secret@tokyo", "takes no password"),
        ("ssh://tokyo/etc", "must be ssh://"),
        ("ssh://tokyo:99999", "must be ssh://"),
        ("ssh://a$(x)@tokyo", "a user that ssh could misread"),
        ("command:", "needs a command"),
        ("command:sh -c 'x", "quotation mark"),
        ("command:ssh tokyo", "is written ssh://"),
        ("command:\x1b[2J'", "quotation mark"),
    ],
)
def test_anything_else_is_one_line_that_says_what_to_type(text: str, why: str) -> None:
    with pytest.raises(Usage, match=why) as error:
        place(text)
    assert str(error.value).isprintable()
    assert "secret" not in str(error.value)


def test_too_many_places_are_refused_and_a_place_given_twice_is_one() -> None:
    words = [word for number in range(33) for word in ("--from", f"ssh://h{number}")]
    ran = run("www.example.com", *words)
    assert ran.status == 2 and "at most 32 places" in ran.err


def test_what_a_place_says_to_itself_is_not_for_users() -> None:
    assert token("0123456789abcdef") == "0123456789abcdef"
    ran = run("--as-place", "yes")
    assert ran.status == 2 and "type --from at the other machine" in ran.err
