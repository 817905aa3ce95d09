"""What one trace remembers: look-ups that are made once, cycles of them, and dead addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import dns.rdatatype

from dnstrace import clock
from dnstrace.model import Address, Question, Source
from dnstrace.walk.remembered import Chain, Cycle, Dead, Found, Lookups, Sought
from tests.replies import name

ADDRESS = Address("192.0.2.1", Source.RESOLVED)
FOUND, NOTHING = Found((ADDRESS,)), Found()


def sought(label: str) -> Sought:
    return Sought(Question(name(f"{label}.test."), dns.rdatatype.A))


class Names:
    """Names whose look-ups need others' addresses, and which of them have an address when those are tried."""

    def __init__(self, needs: dict[str, list[str]], addresses: set[str]) -> None:
        self.needs, self.addresses, self.made = needs, addresses, list[str]()
        self.lookups = Lookups()

    async def look_up(self, label: str, chain: Chain = ()) -> Found | Cycle:
        """The look-up for `label`: of those that it needs at once, one address is enough."""
        wanted = sought(label)

        async def made() -> Found:
            self.made.append(label)
            await asyncio.sleep(0.01)
            inner = (self.look_up(each, (*chain, wanted)) for each in self.needs.get(label, []))
            found = await asyncio.gather(*inner)
            helped = any(isinstance(each, Found) and each.addresses for each in found)
            return FOUND if label in self.addresses or helped else NOTHING

        return await self.lookups.get(wanted, chain, made)


def run(main: Callable[[], Coroutine[None, None, None]]) -> None:
    clock.run(main())


def test_a_look_up_is_made_once_whoever_needs_it() -> None:
    async def main() -> None:
        for addresses in (set[str](), {"a"}):
            names = Names({}, addresses)
            both = await asyncio.gather(names.look_up("a"), names.look_up("a"))
            again = await names.look_up("a")
            assert names.made == ["a"] and set(both) == {again}
            assert again == (FOUND if addresses else NOTHING)

    run(main)


def test_one_that_is_cancelled_is_made_by_the_next_that_needs_it() -> None:
    async def main() -> None:
        names = Names({}, {"a"})
        first, second = (asyncio.ensure_future(names.look_up("a")) for _ in range(2))
        await asyncio.sleep(0.005)
        first.cancel()
        assert await second == FOUND and names.made == ["a", "a"]

    run(main)


def test_a_cycle_across_two_branches_is_seen_and_does_not_hang() -> None:
    async def main() -> None:
        names = Names({"a": ["b"], "b": ["a"]}, set())
        found = await asyncio.gather(names.look_up("a"), names.look_up("b"))
        assert set(found) == {NOTHING}
        assert sorted(names.made) == ["a", "b"]

    run(main)


def test_a_cycle_names_those_that_need_each_other() -> None:
    async def main() -> None:
        lookups, a, b = Lookups(), sought("a"), sought("b")
        cycles: list[Found | Cycle] = []

        async def of_b() -> Found:
            cycles.append(await lookups.get(a, (a, b), never))
            return NOTHING

        async def of_a() -> Found:
            return await nothing(lookups.get(b, (a,), of_b))

        await lookups.get(a, (), of_a)
        assert cycles == [Cycle((a.question.name, b.question.name))]

    run(main)


async def never() -> Found:
    raise AssertionError("a cycle is looked up")


async def nothing(made: Awaitable[Found | Cycle]) -> Found:
    await made
    return NOTHING


def test_what_failed_for_a_cycle_is_tried_again_once_the_other_was_found() -> None:
    """b needs a, which is being looked up; a is found in another way, and so b can be."""

    async def main() -> None:
        names = Names({"a": ["b"], "b": ["a"]}, {"a"})
        assert await names.look_up("a") == FOUND and names.made == ["a", "b"]
        assert names.lookups.is_worth_repeating(name("b.test."), 0)
        assert await names.look_up("b") == FOUND and names.made == ["a", "b", "b"]
        assert not names.lookups.is_worth_repeating(name("b.test."), 0)

    run(main)


def test_what_failed_for_itself_is_not_tried_again_when_something_is_found() -> None:
    async def main() -> None:
        names = Names({}, {"a"})
        assert [await names.look_up(label) for label in "bab"] == [NOTHING, FOUND, NOTHING]
        assert names.made == ["b", "a"]

    run(main)


def test_it_is_known_through_others_too() -> None:
    """c needs b, which went without a: when a has been found, c is worth another look-up as well."""

    async def main() -> None:
        names = Names({"a": ["c"], "c": ["b"], "b": ["a"]}, {"a"})
        assert await names.look_up("a") == FOUND
        assert names.lookups.is_worth_repeating(name("c.test."), 0)
        assert await names.look_up("c") == FOUND

    run(main)


def test_what_was_too_deep_is_tried_again_where_it_is_needed_less_deep() -> None:
    async def main() -> None:
        lookups, outer, wanted, made = Lookups(), sought("outer"), sought("a"), list[int]()

        async def too_deep() -> Found:
            made.append(1)
            lookups.too_deep((outer, wanted))
            return NOTHING

        for chain in ((outer,), (outer,), (), ()):
            await lookups.get(wanted, chain, too_deep)
        assert len(made) == 2

    run(main)


def test_what_is_known_or_under_way_is_free() -> None:
    async def main() -> None:
        names, wanted = Names({}, set()), name("a.test.")
        assert not names.lookups.is_free(wanted, False, 0)
        task = asyncio.ensure_future(names.look_up("a"))
        await asyncio.sleep(0.005)
        assert names.lookups.is_free(wanted, False, 0)
        await task
        assert names.lookups.is_free(wanted, False, 0) and not names.lookups.is_free(wanted, True, 0)

    run(main)


# --- dead addresses -------------------------------------------------------------------------------


def test_an_address_is_dead_that_never_replied_and_was_silent_for_some_zone() -> None:
    dead, one, other = Dead(), name("one."), name("other.")
    assert "192.0.2.1" not in dead
    dead.learn("192.0.2.1", one, replied=False)
    assert "192.0.2.1" in dead
    assert dead.is_silent_for("192.0.2.1", one) and not dead.is_silent_for("192.0.2.1", other)


def test_one_that_replied_is_not_dead_but_may_be_silent_for_a_zone() -> None:
    dead, one, other = Dead(), name("one."), name("other.")
    dead.learn("192.0.2.1", one, replied=True)
    dead.learn("192.0.2.1", other, replied=False)
    assert "192.0.2.1" not in dead and dead.is_silent_for("192.0.2.1", other)
    dead.learn("192.0.2.1", other, replied=True)
    assert not dead.is_silent_for("192.0.2.1", other)
