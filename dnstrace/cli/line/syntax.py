"""dig's syntax: from the words of the command line and the environment to what was set.

Words come in any order: `@x` is a server, `+word` an option in dig's manner, `-x` and `--word` are
options, the mnemonic of a type is a type, and anything else is a name, a URL or an address. Which
options there are stands in `options`; what is wrong is raised as Usage. Nothing is decided here that
takes more than one option to decide: that is `choices`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line import habits, values
from dnstrace.cli.line.options import (
    BY_LETTER,
    BY_NAME,
    BY_OPPOSITE,
    BY_PLUS,
    IGNORED,
    OPTIONS,
    Group,
    Option,
)
from dnstrace.cli.usage import Usage, meant, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NEEDS_EDNS = ("dnssec", "trust-anchor", "nsid", "cookie", "subnet", "bufsize")
# What is said replaces what the environment says to the contrary.
_CONTRARY = {"ipv4": ("ipv6",), "ipv6": ("ipv4",), "no-edns": _NEEDS_EDNS}
_CONTRARY |= dict.fromkeys(_NEEDS_EDNS, ("no-edns",))
_VALIDATES = ("dnssec", "trust-anchor", "at")
_CONTRARY |= {"parent-only": (*_VALIDATES, "check", "resolver"), "at": ("parent-only",)}
_CONTRARY |= dict.fromkeys(("check", "resolver"), ("parent-only",))
_CONTRARY |= dict.fromkeys(("dnssec", "trust-anchor"), ("no-edns", "parent-only"))
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


class Parsed:
    """What was set.

    `settings` goes by the keys of `options.Option`, with a list where an option is repeatable.
    `undone` holds the flags that were taken back, as keys and values: an environment variable sets
    them in vain. `servers` holds what followed each @. `about` is the option that is to be done
    instead of a trace, the first of them, with its value.
    """

    def __init__(self) -> None:
        self.settings: dict[str, object] = {}
        self.undone: set[tuple[str, object]] = set()
        self.servers: list[str] = []
        self.about: tuple[str, str] | None = None

    def file(self, option: Option, value: object) -> None:
        """Set `option` to `value`: the last one wins, except where an option is repeatable."""
        if option.group is Group.ABOUT:
            self.about = self.about or (option.name, str(value) if option.metavar else "")
        elif option.repeatable:
            collected = self.settings.setdefault(option.filed, [])
            assert isinstance(collected, list)
            collected.append(value)
        else:
            self.settings[option.filed] = value

    def take_back(self, option: Option) -> None:
        """Set a flag to what it is without it, unless another option of the same key was set since."""
        self.undone.add((option.filed, option.value))
        if self.settings.get(option.filed) == option.value:
            del self.settings[option.filed]

    def complete(self, other: Parsed) -> None:
        """Take from `other` what is not set here."""
        for key, value in other.settings.items():
            if any(contrary in self.settings for contrary in _CONTRARY.get(key, ())):
                continue
            if isinstance(value, list) or (key, value) not in self.undone:
                self.settings.setdefault(key, value)


def parse(arguments: Sequence[str], variables: Mapping[str, str]) -> Parsed:
    """Read the words of the command line and the variables of the environment.

    What the command line says replaces what a record that is replayed says, and that what the environment
    says. Reading ends with the first option that is done instead of a trace. Raises Usage.
    """
    said = _Words(arguments).read()
    if said.about is None:
        otherwise = from_environment(variables)
        diff = said.settings.get("diff")
        if isinstance(diff, list):
            from dnstrace.cli.comparing import as_then

            as_then(str(diff[0]), said)
        if path := said.settings.get("replay", otherwise.settings.get("replay")):
            from dnstrace.cli.replaying import replayed

            replayed(str(path), said, otherwise)
        said.complete(otherwise)
    return said


def from_environment(variables: Mapping[str, str]) -> Parsed:
    """What the variables `DNSTRACE_...` set; an empty one sets nothing, words of a list are spaced."""
    parsed = Parsed()
    for option in OPTIONS:
        if not option.variable or not (text := variables.get(option.variable, "").strip()):
            continue
        for word in text.split() if option.repeatable and not option.whole else [text]:
            if option.metavar:
                parsed.file(option, _converted(option.variable, option.convert, word))
            elif word.lower() in _YES:
                parsed.file(option, option.value)
            elif word.lower() not in _NO:
                raise Usage(f"{option.variable} must be 1 or 0, not {shown(word)}")
    return parsed


class _Words:
    """The words of the command line, read from left to right."""

    def __init__(self, words: Sequence[str]) -> None:
        self._left = list(reversed(words))
        self._parsed = Parsed()

    def read(self) -> Parsed:
        while self._left and self._parsed.about is None:
            word = self._left.pop()
            if word == "--":
                break
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._letters(word)
            elif word.startswith("+"):
                self._plus(word)
            else:
                self._bare(word)
        while self._left and self._parsed.about is None:  # after `--` no word is an option
            self._bare(self._left.pop())
        return self._parsed

    def _long(self, word: str) -> None:
        name, equals, text = word[2:].partition("=")
        if name in BY_NAME:
            self._set(f"--{name}", BY_NAME[name], text if equals else None)
        elif name in BY_OPPOSITE:
            self._take_back(f"--{name}", BY_OPPOSITE[name], text if equals else None)
        else:
            near = habits.long(name) or meant(name, [*BY_NAME, *BY_OPPOSITE], "--") or _SEE_HELP
            raise Usage(f"unknown option {shown('--' + name)}{near}")

    def _letters(self, word: str) -> None:
        habits.one_dash(word, BY_NAME)
        for place, letter in enumerate(word[1:], 2):
            if (option := BY_LETTER.get(letter)) is None:
                near = habits.letter(letter, word)
                near = near or (meant(word[1:], BY_NAME, "--") if len(word) > 2 else "")
                raise Usage(f"unknown option {shown('-' + letter)} in {shown(word)}{near or _SEE_HELP}")
            if option.metavar:
                self._set(f"-{letter}", option, word[place:] or None)
                return
            self._set(f"-{letter}", option, None)

    def _plus(self, word: str) -> None:
        name, equals, text = word[1:].partition("=")
        value = text if equals else None
        if name in IGNORED and value is None:
            return
        plain = name.removeprefix("no")
        if name in BY_PLUS or name in BY_NAME:
            option, convert = BY_PLUS.get(name) or (BY_NAME[name], None)
            self._set(f"+{name}", option, value, convert)
        elif name in BY_OPPOSITE:
            self._take_back(f"+{name}", BY_OPPOSITE[name], value)
        elif plain != name and f"no-{plain}" in BY_NAME:
            self._set(f"+{name}", BY_NAME[f"no-{plain}"], value)
        elif plain != name and (flag := _flag(plain)):
            self._take_back(f"+{name}", flag, value)
        else:
            known = [*BY_NAME, *BY_OPPOSITE, *BY_PLUS]
            near = habits.plus(name) or meant(name, known, "+") or _SEE_HELP
            raise Usage(f"unknown option {shown('+' + name)}{near}")

    def _bare(self, word: str) -> None:
        if word.startswith("@"):
            self._parsed.servers.append(str(_converted("@", values.server, word[1:])))
        elif values.is_type(word) or values.are_types(word):
            self._parsed.file(BY_NAME["type"], values.rdtype(word))
        elif "subject" in self._parsed.settings and word == "IN":
            return  # the class, as dig takes it
        elif "subject" in self._parsed.settings and word.isupper() and word.isalnum() and word.isascii():
            # After a name, a word in capitals was meant as a type: to trace "MXX." would be no help.
            near = meant(word, values.types())
            raise Usage(f"{shown(word)} is no record type{near} (as a name it is written '{word}.')")
        else:
            habits.bare(word, alone="subject" not in self._parsed.settings)
            self._parsed.file(BY_NAME["name"], values.subject(word))

    def _set(
        self, said: str, option: Option, text: str | None, convert: Callable[[str], object] | None = None
    ) -> None:
        convert = convert or option.convert
        if not option.metavar:
            if text is not None:
                raise Usage(f"{said} takes no value")
            self._parsed.file(option, option.value)
        elif option.optional and text is None:
            self._parsed.file(option, self._next_if_value(convert, option.value))
        elif text is None and not (self._left and not said.startswith("+")):
            raise Usage(f"{said} needs a value: {said}{'=' if len(said) > 2 else ' '}{option.metavar}")
        else:
            self._parsed.file(option, _converted(said, convert, self._left.pop() if text is None else text))
            if option.another is not None and self._left and option.another(self._left[-1]):
                self._parsed.file(option, self._left.pop())

    def _next_if_value(self, convert: Callable[[str], object], otherwise: object) -> object:
        """The value of an option that needs none: the next word, if it is one of those it can have."""
        if not self._left:
            return otherwise
        try:
            value = convert(self._left[-1])
        except Usage:
            if _misspelt(self._left[-1]):
                raise
            return otherwise
        self._left.pop()
        return value

    def _take_back(self, said: str, option: Option, text: str | None) -> None:
        if text is not None:
            raise Usage(f"{said} takes no value")
        self._parsed.take_back(option)


_SEE_HELP = "; `dnstrace --help` lists the options"


def _misspelt(word: str) -> bool:
    """Whether a word was meant as a value though it is none: one label alone is hardly a name to trace."""
    plain = word[:1].isalpha() and word.replace("-", "").isalnum()
    return plain and word.islower() and not values.is_type(word)


def _flag(plus_word: str) -> Option | None:
    """The flag that a word of dig's stands for."""
    option = BY_PLUS[plus_word][0] if plus_word in BY_PLUS else BY_NAME.get(plus_word)
    return option if option and option.opposite else None


def _converted(said: str, convert: Callable[[str], object], text: str) -> object:
    try:
        return convert(text)
    except Usage as error:
        raise Usage(f"{said}: {error}") from error
