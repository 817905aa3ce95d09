from __future__ import annotations

from pathlib import Path

import pytest

from dnstrace.cli.choosing import choose
from dnstrace.cli.line import resolvers
from dnstrace.cli.line.syntax import parse
from dnstrace.cli.usage import Usage
from dnstrace.model.asked import Resolver


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What stands for /etc/resolv.conf."""
    path = tmp_path / "resolv.conf"
    path.write_text("nameserver 192.0.2.53\nnameserver 2001:db8::53\n")
    look_up = resolvers.system_resolvers
    monkeypatch.setattr(resolvers, "system_resolvers", lambda: look_up(str(path)))
    return path


def test_the_resolvers_of_the_system_are_looked_up_once_the_words_are_read(system: Path) -> None:
    words = parse(["x", "--resolver", "system", "--resolver", "192.0.2.1"])
    assert words.settings["resolver"] == [(), (Resolver("192.0.2.1"),)]
    found = choose(words, {}).resolvers
    assert [each.address for each in found] == ["192.0.2.53", "2001:db8::53", "192.0.2.1"]


def test_of_the_system_those_are_asked_that_can_be(system: Path) -> None:
    found = choose(parse(["x", "-4"]), {"DNSTRACE_RESOLVER": "system"}).resolvers
    assert [each.address for each in found] == ["192.0.2.53"]
    assert choose(parse(["x", "--parent-only"]), {"DNSTRACE_RESOLVER": "system"}).resolvers == ()


def test_a_system_without_a_resolver_is_named_as_it_was_asked_for(system: Path) -> None:
    system.write_text("")
    with pytest.raises(Usage, match=r"^--resolver: system: /"):
        choose(parse(["x", "--resolver=system"]), {})
    with pytest.raises(Usage, match=r"^DNSTRACE_RESOLVER: system: "):
        choose(parse(["x"]), {"DNSTRACE_RESOLVER": "system"})
    assert choose(parse(["--lab"]), {"DNSTRACE_RESOLVER": "system"}).resolvers == ()


def test_in_the_lab_the_system_is_the_worlds(system: Path) -> None:
    found = choose(parse(["--lab=resolver-same", "--resolver", "system"]), {}).resolvers
    assert [each.address for each in found] == ["192.0.2.153", "2001:db8:9::53"]


def test_words_count_before_the_environment() -> None:
    variables = {"DNSTRACE_TRIES": "9", "DNSTRACE_TCP": "1"}
    found = choose(parse(["x", "--tries=2"]), variables).settings
    assert (found.tries, found.tcp) == (2, True)


def test_what_is_needed_may_come_from_anywhere() -> None:
    with pytest.raises(Usage, match="--at needs --dnssec"):
        choose(parse(["x", "--at", "@0"]), {})
    assert choose(parse(["x", "--at", "@0"]), {"DNSTRACE_DNSSEC": "1"}).at == 0
