"""dig's syntax: from the words of the command line to what was set.

Words come in any order: `@x` is a server, `+word` an option in dig's manner, `-x` and `--word` are
options, the mnemonic of a type is a type, and anything else is a name, a URL or an address. Which
options there are stands in `options`; what is wrong is raised as Usage. No file is read here.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from dnstrace.cli.line import habits, names, rdtypes
from dnstrace.cli.line.options import (
    BY_LETTER,
    BY_NAME,
    BY_OPPOSITE,
    BY_PLUS,
    IGNORED,
    Option,
)
from dnstrace.cli.line.parsed import Parsed
from dnstrace.cli.usage import Usage, meant, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def parse(arguments: Sequence[str]) -> Parsed:
    """Read the words of the command line, up to the first option that is done instead of a trace.

    Raises Usage.
    """
    return _Words(arguments).read()


def converted(said: str, convert: Callable[[str], object], text: str) -> object:
    """The value that a text stands for; what is wrong with it is said of `said`. Raises Usage."""
    try:
        return convert(text)
    except Usage as error:
        raise Usage(f"{said}: {error}") from error


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
            of_dig = f"; did you mean --{BY_PLUS[name][0].name}?" if name in BY_PLUS else ""
            near = habits.long(name) or of_dig or meant(name, [*BY_NAME, *BY_OPPOSITE], "--") or _SEE_HELP
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
            self._parsed.servers.append(str(converted("@", names.server, word[1:])))
        elif rdtypes.is_type(word) or rdtypes.are_types(word):
            self._parsed.file(BY_NAME["type"], rdtypes.rdtype(word), word)
        elif "subject" in self._parsed.settings and word == "IN":
            return  # the class, as dig takes it
        elif word == "until" and "ignore" in self._parsed.settings:
            raise Usage("quote what belongs to --ignore: --ignore 'CODE until 2026-03-31 REASON'")
        elif "subject" in self._parsed.settings and word.isupper() and word.isalnum() and word.isascii():
            # After a name, a word in capitals was meant as a type: tracing "MXX." would not help.
            near = meant(word, rdtypes.types())
            raise Usage(f"{shown(word)} is not a record type{near} (to trace it as a name, write '{word}.')")
        else:
            habits.bare(word, alone="subject" not in self._parsed.settings)
            self._parsed.file(BY_NAME["name"], names.subject(word), shown(word))

    def _set(
        self, said: str, option: Option, text: str | None, convert: Callable[[str], object] | None = None
    ) -> None:
        convert = convert or option.convert
        if not option.metavar:
            if text is not None:
                raise Usage(f"{said} takes no value")
            self._parsed.file(option, option.value, said)
        elif option.phrase and text is None:
            self._parsed.file(option, self._phrase(said, option, convert), said)
        elif option.optional and text is None:
            self._parsed.file(option, self._next_if_value(said, convert, option.value), said)
        else:
            text = self._next(said, option) if text is None else text
            self._parsed.file(option, converted(said, convert, text), said)
            if option.another is not None and self._word_follows() and option.another(self._left[-1]):
                self._parsed.file(option, self._left.pop(), said)

    def _word_follows(self) -> bool:
        """Whether there is a next word that can be a value; what looks like an option is given with `=`."""
        return bool(self._left) and not _looks_like_an_option(self._left[-1])

    def _next(self, said: str, option: Option) -> str:
        """The next word, as the value of an option that needs one. Raises Usage."""
        form = f"{said}{' ' if len(said) == 2 else '='}{option.metavar}"
        wrong = f"{said} needs {_wanted(option)}: {form}"
        if not self._left or said.startswith("+"):
            raise Usage(wrong)
        if self._word_follows():
            return self._left.pop()
        if not _is_an_option(word := self._left[-1]):
            converted(said, option.convert, word)  # which may be what is wrong
            wrong += f"; for {shown(word)} type {shown(f'--{option.name}={word}')}"
        raise Usage(wrong)

    def _phrase(self, said: str, option: Option, convert: Callable[[str], object]) -> object:
        """What the next words mean together: as many of them as mean something. Raises Usage."""
        several: list[str] = []
        while self._word_follows():
            several.append(self._left.pop())
        for end in range(len(several), 0, -1):
            with suppress(Usage):
                return convert(" ".join(several[:end]))
        return converted(said, convert, " ".join(several)) if several else option.value

    def _next_if_value(self, said: str, convert: Callable[[str], object], otherwise: object) -> object:
        """The value of an option that needs none: the next word, if it is one that the option can have."""
        if not self._word_follows():
            return otherwise
        try:
            value = convert(self._left[-1])
        except Usage as error:
            if _misspelt(self._left[-1]):
                raise Usage(f"{said}: {error}") from error
            return otherwise
        self._left.pop()
        return value

    def _take_back(self, said: str, option: Option, text: str | None) -> None:
        if text is not None:
            raise Usage(f"{said} takes no value")
        self._parsed.take_back(option, said)


_SEE_HELP = "; `dnstrace --help` lists the options"
_KINDS = {"ADDR": "an address", "FILE": "a file", "N": "a number", "NAME": "a name", "OLD": "a file"}
_KINDS |= {"S": "a time in seconds", "TYPE": "a record type", "NET": "a network", "TIME": "a time"}
_KINDS |= {"FINDING": "a finding", "SERVER": "a server", "ADDRESS": "an address", "PLACE": "a place"}
_KINDS |= {"ZONE=NS": "a zone and its name servers", "ZONE=DS": "a zone and its DS record"}


def _wanted(option: Option) -> str:
    """What the value of an option has to be: one of its words, or what its metavar stands for."""
    if option.metavar in _KINDS or not option.choices:
        return _KINDS.get(option.metavar, "a value")
    *most, last = option.choices
    return f"{', '.join(most)} or {last}"


def _looks_like_an_option(word: str) -> bool:
    """Whether a word is, or was meant as, an option; `-` stands for standard input or output."""
    return (word.startswith("-") and word != "-") or _is_an_option(word)


def _is_an_option(word: str) -> bool:
    """Whether a word is an option that there is, in any of the ways to type it."""
    name = word.lstrip("-+").partition("=")[0]
    if word.startswith("--"):
        return name in BY_NAME or name in BY_OPPOSITE or not name
    if word.startswith("-"):
        return name[:1] in BY_LETTER and "." not in name
    known = (BY_NAME, BY_OPPOSITE, BY_PLUS, IGNORED)
    return word.startswith("+") and any(
        each in some for each in (name, name.removeprefix("no")) for some in known
    )


def _misspelt(word: str) -> bool:
    """Whether a word was meant as a value, misspelt: one label alone is hardly a name to trace."""
    plain = word[:1].isalpha() and word.replace("-", "").isalnum()
    return plain and word.islower() and not rdtypes.is_type(word)


def _flag(plus_word: str) -> Option | None:
    """The flag that one of dig's words stands for."""
    option = BY_PLUS[plus_word][0] if plus_word in BY_PLUS else BY_NAME.get(plus_word)
    return option if option and option.opposite else None
