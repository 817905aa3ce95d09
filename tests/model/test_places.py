from __future__ import annotations

import pytest

from dnstrace.model.places import HERE, Place, Way


def test_a_place_is_called_by_its_host_or_its_command() -> None:
    assert HERE.name == "here"
    assert Place("ssh://me@tokyo", Way.SSH, host="tokyo", user="me").name == "tokyo"
    assert Place("ssh://tokyo:2222", Way.SSH, host="tokyo", port=2222).name == "tokyo:2222"
    command = Place("command:docker exec -i web", Way.COMMAND, words=("docker", "exec", "-i", "web"))
    assert command.name == "docker exec -i web"


def test_a_command_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a command"):
        Place("command:", Way.COMMAND)
