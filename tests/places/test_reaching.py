from __future__ import annotations

import shlex
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dnstrace.model.places import HERE, Place, Way
from dnstrace.places.boot import FIRST
from dnstrace.places.reaching import command, variables

PYTHON = ["python3", "-I", "-c", FIRST]


def test_a_command_gets_the_words_of_python_after_its_own() -> None:
    place = Place("command:docker exec -i web", Way.COMMAND, words=("docker", "exec", "-i", "web"))
    assert command(place) == ["docker", "exec", "-i", "web", *PYTHON]
    assert command(HERE) == [sys.executable, *PYTHON[1:]]


def test_ssh_gets_one_command_that_the_login_shell_takes_apart_as_it_should() -> None:
    words = command(Place("ssh://me@tokyo:2222", Way.SSH, host="tokyo", user="me", port=2222))
    assert words[0] == "ssh" and words[words.index("--") + 1] == "tokyo"
    assert shlex.split(words[-1]) == ["exec", *PYTHON]
    assert words[words.index("-l") + 1] == "me" and words[words.index("-p") + 1] == "2222"
    assert {"-T", "-a", "-x", "-oBatchMode=yes"} <= set(words)


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_host_and_no_user_is_an_option_or_a_word_for_a_shell(host: str, user: str) -> None:
    try:
        place = Place("ssh://x", Way.SSH, host=host, user=user)
    except ValueError:
        return
    assume(host or user)
    for each in filter(None, (place.host, place.user)):
        assert not each.startswith("-")
        assert shlex.quote(each).strip("'") == each
        assert not set(each) & set(" \t\n'\"`$;&|<>(){}*?[]!~#\\/@")


@pytest.mark.parametrize("host", ["-oProxyCommand=x", "a b", "a;b", "$(x)", "", "a\nb", "a'b", "h@i"])
def test_a_host_that_ssh_or_a_shell_could_misread_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="host"):
        Place("ssh://x", Way.SSH, host=host)


def test_what_says_how_to_trace_stays_here() -> None:
    given = {"DNSTRACE_TCP": "1", "KUBECONFIG": "x", "SSH_AUTH_SOCK": "y"}
    assert variables(given) == {"KUBECONFIG": "x", "SSH_AUTH_SOCK": "y"}
