"""What was set, and by what: words of the command line, a record, variables of the environment, a file.

Nothing is decided here that takes more than one option to decide: that is `fitting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dnstrace.cli.line.options import BY_NAME, OPTIONS, Option

if TYPE_CHECKING:
    from collections.abc import Iterator


Origin = Literal["word", "record", "variable", "file"]
"""Where a value came from; the first one that sets something counts."""


class Parsed:
    """What was set.

    `settings` goes by the keys of `options.Option`, with a list where an option is repeatable. `said` holds
    the name of each option that is set, as it was typed (`-4`, `+noedns`), as its variable is called, or with
    its place in the configuration file;
    `undone` that of each flag that was taken back, with the word that did it. `origins` says where each name
    in these two came from. `servers` holds what followed each @. `about` is the first option that
    stands for something else than a trace, with its value.
    """

    def __init__(self, origin: Origin = "word") -> None:
        self.origin = origin
        self.settings: dict[str, object] = {}
        self.said: dict[str, str] = {}
        self.undone: dict[str, str] = {}
        self.origins: dict[str, Origin] = {}
        self._values: dict[str, object] = {}  # by name, where several options have one key
        self.servers: list[str] = []
        self.about: tuple[str, str] | None = None

    def file(self, option: Option, value: object, said: str, origin: Origin | None = None) -> None:
        """Set `option` to `value`: the last one counts, unless the option is repeatable.

        Of several options with one key, all that were typed are said, since they exclude each other.
        """
        if option.is_instead:
            self.about = self.about or (option.name, str(value) if option.metavar else "")
            return
        if option.repeatable:
            collected = self.settings.setdefault(option.filed, [])
            assert isinstance(collected, list)
            collected.append(value)
        else:
            if (self.origin if origin is None else origin) != "word":
                self._forget(option.filed)
            self.settings[option.filed] = self._values[option.name] = value
        self.undone.pop(option.name, None)
        self.said.setdefault(option.name, said)
        self.origins[option.name] = self.origin if origin is None else origin

    def take_back(self, option: Option, said: str, origin: Origin | None = None) -> None:
        """Set a flag to what it is without it; another option of the same key counts then, if one was set."""
        self.said.pop(option.name, None)
        if self.settings.get(option.filed) == option.value:
            self.settings.pop(option.filed)
            if others := [each for each in self.said if BY_NAME[each].filed == option.filed]:
                self.settings[option.filed] = self._values[others[-1]]
        self.undone[option.name] = said
        self.origins[option.name] = self.origin if origin is None else origin

    def of_words(self, name: str) -> bool:
        """Whether an option was set, or a flag taken back, by a word."""
        return self.origins.get(name) == "word"

    def each(self) -> Iterator[tuple[Option, object]]:
        """Each key that is set, by its first option, with its value or each of its values, in table order."""
        seen: set[str] = set()
        for option in OPTIONS:
            if option.name not in self.said or option.filed in seen:
                continue
            seen.add(option.filed)
            value = self.settings[option.filed]
            yield from ((option, each) for each in (value if isinstance(value, list) else [value]))

    def copied(self) -> Parsed:
        """A copy, which can be changed on its own."""
        other = Parsed(self.origin)
        other.settings = {
            key: [*value] if isinstance(value, list) else value for key, value in self.settings.items()
        }
        other.said, other.undone, other.origins = {**self.said}, {**self.undone}, {**self.origins}
        other._values = {**self._values}
        other.servers, other.about = [*self.servers], self.about
        return other

    def _forget(self, key: str) -> None:
        """Set nothing under a key."""
        self.settings.pop(key, None)
        for name in [each for each in self.said if BY_NAME[each].filed == key]:
            del self.said[name]
