"""Worlds of a user's own: what they have from what they include, and what is said of those that are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dnstrace import trace
from dnstrace.lab.errors import UnknownWorld, WorldError
from dnstrace.lab.misbehaviour import MISBEHAVIOURS
from dnstrace.lab.network import LabNetwork
from dnstrace.lab.own import find
from dnstrace.lab.world import DEFAULT, load, names, new
from dnstrace.model import Outcome

HOME = """\
include = ["textbook"]
[servers]
"ns.home.org." = { addresses = ["192.0.2.1"] }
[zones."org."]
add = '''
home NS ns.home
ns.home A 192.0.2.1
'''
[zones."home.org."]
text = '''
@ SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 192.0.2.1
www A 192.0.2.44
'''
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str) -> str:
    Path("own.toml").write_text(text, encoding="utf-8")
    return "own.toml"


def test_a_world_has_a_name_or_a_path(desk: Path) -> None:
    assert find() is load(DEFAULT) and find("lame") is load("lame")
    with pytest.raises(UnknownWorld):
        find("lam")
    assert find(written(HOME)).name == find("./own.toml").name.removeprefix("./") == "own.toml"


def test_a_file_is_read_anew(desk: Path) -> None:
    first = find(written(HOME))
    second = find(written('question = "other.org. A"\n' + HOME))
    assert (str(first.question), str(second.question)) == ("www.example.com. A", "other.org. A")


def test_what_a_file_does_not_say_it_has_from_what_it_includes(desk: Path) -> None:
    below, found = load("dnssec-expired"), find(written('include = ["dnssec-expired"]'))
    assert (found.question, found.now, found.families) == (below.question, below.now, below.families)
    assert found.expect.security == below.expect.security and found.expect.outcome is None
    assert find(written('include = ["resolver-stale"]')).resolvers == load("resolver-stale").resolvers
    assert set(find(written('include = ["textbook"]')).pages) == set(load("textbook").pages)
    assert find(written('include = ["dnssec-good"]\n[expect]\nfindings = []')).expect.security is None


def test_files_of_ones_own_are_included_by_paths_from_the_file(desk: Path) -> None:
    (desk / "below").mkdir()
    (desk / "below/base.toml").write_text(HOME)
    (desk / "below/own.toml").write_text('include = ["./base.toml"]\nquestion = "www.home.org A"')
    world = find("below/own.toml")
    found = trace(world.question.name, network=LabNetwork(world), now=world.now)
    assert found.outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("include", "includes", "1: unknown key 'includes'; a world may have "),
        ('"textbook"', '"textbok"', "1: include: the lab has no world called 'textbok'"),
        ('"textbook"', '"./x.toml"', "1: include: there is no file x.toml"),
        ('"textbook"', '"./own.toml"', "1: include: the files include each other in a circle"),
        ('"textbook"]', '"textbook"', "2: Unclosed array"),
        ("[servers]", "[servers", "2: "),
        ("www A", "www", "14: zone home.org.: 'www 192.0.2.44' is not a record: "),
        ("www A 192.0.2.44", "www A 192.0.2.444", "14: zone home.org.: 'www A 192.0.2.444' is not"),
        ("www A", "www.home.com. A", "14: zone home.org.: www.home.com is outside the zone"),
        ("@ SOA", "ns SOA", "9: zone home.org.: its SOA record is missing"),
        ("home NS ns.home", "home NS", "6: zone org.: 'home NS' is not a record: "),
        ("home.org.\"]", "home..org.\"]", "9: zones: 'home..org.' is not a domain name"),
        (' }', ', rtt = "x" }', "3: ns.home.org.: rtt: a number of milliseconds is needed"),
        (' }', ', does = ["sloow"] }', "3: ns.home.org: does: unknown misbehaviour 'sloow'; did you"),
        (' }', ', does = ["zzz"] }', "3: ns.home.org: does: unknown misbehaviour 'zzz'; `dnstrace"),
        (' }', ', does = ["slow=x"] }', "3: ns.home.org: does: 'slow=x' cannot be done: could not convert"),
        (' }', ', does = ["truncates=X"] }', "3: ns.home.org: does: 'truncates=X' cannot be done: "),
        (' }', ', tls = { does = ["sloow"] } }', "3: ns.home.org: tls.does: unknown misbehaviour 'sloow';"),
        (' }', ', tls = { does = ["slow=x"] } }', "3: ns.home.org: tls.does: 'slow=x' cannot be done: "),
        (' }', ', tls = { days = inf } }', "3: ns.home.org.: tls.days: a number of days is needed"),
        (' }', ', tls = { days = -8e5 } }', "3: ns.home.org: tls: its certificate cannot be made: "),
        (' }', ', tls = { days = -40000 } }', "3: ns.home.org: tls: its certificate cannot be made: "),
        (' }', ', tls = { names = ["ü.example"] } }', "3: ns.home.org.: tls.names: names in ASCII are"),
        ("text =", 'sign = { broken = ["ttl=x"] }\ntext =', "10: zone home.org: 'ttl=x': "),
        ("text =", "sign = { denial = 3 }\ntext =", "10: zone home.org.: sign: denial: one of nsec, "),
        ('include = ["textbook"]', 'question = "a A"', "4: zone org.: it has no text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str, desk: Path) -> None:
    assert old in HOME
    with pytest.raises(WorldError) as error:
        find(written(HOME.replace(old, new, 1)))
    assert str(error.value).startswith(f"own.toml:{message}") and "\n" not in str(error.value)


def test_the_line_is_that_of_the_file_that_has_it(desk: Path) -> None:
    (desk / "base.toml").write_text(HOME.replace("www A 192.0.2.44", "www A nowhere"))
    with pytest.raises(WorldError, match=r"^base\.toml:14: zone home\.org\.: 'www A nowhere'"):
        find(written('include = ["./base.toml"]\n[zones."home.org."]\nadd = "x A 192.0.2.1"'))


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "question: a name and a type are needed"),
        (b"\xff", "is not a world: it is not UTF-8 text"),
        (b'question = "a. A"', "there is no root zone to start from"),
    ],
)
def test_a_file_that_is_no_world(octets: bytes | None, why: str, desk: Path) -> None:
    if octets is not None:
        (desk / "own.toml").write_bytes(octets)
    with pytest.raises(WorldError, match=f"^own.toml: {re.escape(why)}"):
        find("own.toml")


def test_the_world_to_begin_with_is_whole_and_what_its_comments_name_there_is(desk: Path) -> None:
    world = find(written(new()))
    found = trace(world.question.name, network=LabNetwork(world, signed=True), now=world.now)
    assert found.answer[0].to_text() == "www.example.org. 300 IN A 192.0.2.44"
    listed = [line for line in new().splitlines() if line.startswith("#     ") and "dnstrace" not in line]
    named = {word for line in listed for word in re.findall(r"(?:^#|  ) {2,}([a-z-]+)(?:=\d+)?(?=  )", line)}
    assert len(named) == 2 * len(listed) and named <= set(MISBEHAVIOURS)


OFFERED = re.compile(
    r"^# ((?:families|now|sign|servers|text|resolvers|'{3}|[\[@]|\"res|www).*)$", re.MULTILINE
)


def test_what_its_comments_offer_works(desk: Path) -> None:
    offered = OFFERED.findall(new())
    signed = [line for line in offered if line.startswith("sign")]
    families, now, *others = (line for line in offered if line not in signed)
    place = next(index for index, line in enumerate(others) if line.startswith("resolvers"))
    resolvers, server = others[place : place + 2]
    zones = "\n".join(others[:place] + others[place + 2 :])
    head, _, below = new().partition("[servers]\n")
    above = "\n".join((families, now, resolvers, head, "[servers]", server, ""))
    for sign in signed:
        text = above + re.sub("^sign = .*", sign, below, flags=re.MULTILINE) + zones
        world = find(written(text))
        assert world.families == {4} and world.resolvers == ("203.0.113.53",)
        assert [str(zone.origin) for zone in world.zones].count("example.org.") == 3
    assert len(signed) == 2


def test_no_world_of_the_lab_is_called_as_what_the_command_prints_instead() -> None:
    assert {"list", "new"}.isdisjoint(names())
