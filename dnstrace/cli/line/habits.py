"""What people type who are used to another tool: one line each that says what to type here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.line.forms import FORMATS
from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_DASHES = ("\u2012", "\u2013", "\u2014", "\u2212")  # what an editor makes of one hyphen or two
_COMMANDS = frozenset({"delv", "dig", "dnstrace", "drill", "host", "lookup", "nslookup", "trace"})
_ABOUT = {"help": "--help", "version": "--version", "lab": "--lab", "list": "--lab list"}
_TLS = "use --adot to ask name servers over TLS too, --resolver tls://192.0.2.53 for a resolver"
_URLS = "a resolver is given as --resolver tls://192.0.2.53"
_HTTPS = "HTTPS is for resolvers only, as in --resolver https://dns.example/dns-query"
_RECURSION = "dnstrace never asks for recursion; use --resolver to see what a resolver answers"
_SIGNED = "dnstrace does not sign queries (TSIG); use dig for that"
_SERVER = "give a server to start from as @SERVER, and a resolver to ask too with --resolver"
_DIGS = {
    "it changes what dig prints; use --short, --json or -v": (
        "additional all answer authority class cmd comments crypto expandaaaa identify multiline onesoa qr "
        "question rrcomments split stats ttlid ttlunits unknownformat"
    ),
    "dnstrace validates answers itself: use --dnssec": "adflag cd cdflag sigchase topdown trusted-key",
    "dnstrace makes its own queries; use dig to send one of your own": (
        "aaflag badcookie ednsflags ednsopt keepalive opcode padding zflag"
    ),
    "dnstrace takes every name as absolute": "defname domain ndots search showsearch",
    _RECURSION: "rdflag rec recurse",
    "use --check, which asks every server of the zone for its SOA record, and more": "nssearch",
    "use --json": "yaml",
    _TLS: "tls tls-ca tls-hostname",
    _HTTPS: "https https-get https-post http-plain",
}
_PLUS = {word: said for said, words in _DIGS.items() for word in words.split()}
_LETTERS = {
    "c": "the class is always IN: no other class is delegated from the root",
    "k": _SIGNED,
    "y": _SIGNED,
    "s": _SERVER,
}
_LONG = {
    "class": _LETTERS["c"],
    **dict.fromkeys(("recurse", "recursion", "recursive"), _RECURSION),
    **dict.fromkeys(("dns", "nameserver", "ns", "server"), _SERVER),
    **dict.fromkeys(("output", "xml", "yaml"), "use --json, or --jsonl for many names"),
    **dict.fromkeys(("csv", "tsv"), "use --json with jq, or --format markdown for a table"),
    **{form.value: f"use --format {form.value}" for form in FORMATS},
    **dict.fromkeys(("errors", "errors-only", "only-errors"), "use --level error; with -f, --only-bad"),
    **dict.fromkeys(("no-color", "no-colour"), "use --color=never"),
    **dict.fromkeys(("tls", "encrypted"), _TLS),
    **dict.fromkeys(("doh", "https"), _HTTPS),
    **dict.fromkeys(("doq", "quic"), "QUIC is not supported; --adot asks name servers over TLS"),
    "quiet": "use --short",
    "tree": "the tree is printed by default",
    "udp": "UDP is tried first by default",
}


def plus(word: str) -> str:
    """What to do instead of dig's `+word`, to be read after the word; empty for an unknown word."""
    known = _PLUS.get(word) or _PLUS.get(word.removeprefix("no"))
    return f": {known}" if known else ""


def long(name: str) -> str:
    """What to do instead of `--name`, an option of other tools; empty for an unknown name."""
    return f": {_LONG[name]}" if name in _LONG else ""


def letter(letter: str, word: str) -> str:
    """What to do instead of `-letter`, an option of dig or the first letter of a name."""
    if letter in _LETTERS:
        return f": {_LETTERS[letter]}"
    return "; give a name that begins with a hyphen as --name=-x.example" if "." in word else ""


def one_dash(word: str, known: Mapping[str, object]) -> None:
    """Raise Usage where a long option has one dash, as with nslookup: `-type=MX`."""
    name, equals, value = word[1:].partition("=")
    meant = {"query": "type", "querytype": "type"}.get(name, name)
    if len(name) > 2 and meant in known:
        option = shown(f"--{meant}{equals}{value}")
        raise Usage(f"{shown(word)}: a long option has two dashes; did you mean {option}?")


def bare(word: str, alone: bool) -> None:
    """Raise Usage for a bare word that is unlikely to be a name; `alone`: no name came before it."""
    if word == "-":
        raise Usage("'-' is not a name: names from standard input are -f -")
    if word.startswith(_DASHES):
        option = "--" + word.lstrip("".join(_DASHES) + "-")
        raise Usage(f"{shown(word)} begins with a typographic dash: did you mean {shown(option)}?")
    if alone and word in _COMMANDS:
        raise Usage(f"leave out {shown(word)}: type only what to trace{_as_name(word)}")
    if alone and word in _ABOUT:
        raise Usage(f"no name to trace; did you mean {_ABOUT[word]}?{_as_name(word)}")


def unlikely(word: str) -> None:
    """Raise Usage for a word with characters that are unlikely in a name."""
    if "\\" in word:
        return  # whoever escapes a character means it
    user, at, domain = word.rpartition("@")
    if at and user and domain:
        raise Usage(
            f"{shown(word)} is a mail address: to find its mail servers, trace {shown(domain + ' MX')}"
        )
    head, slash, length = word.partition("/")
    if slash and length.isdecimal() and (":" in head or head.replace(".", "").isdecimal()):
        raise Usage(
            f"{shown(word)} is a network: use -x with an address or the beginning of one, as in -x 192.0.2"
        )
    for character, called in (",", "comma"), (" ", "blank"), (";", "semicolon"), ('"', "quotation mark"):
        if character in word:
            code = f"{shown(word)} has a {called} in it: separate names by blanks; in a name, write it as"
            raise Usage(f"{code} \\{ord(character):03}")


def _as_name(word: str) -> str:
    return f" (to trace it as a name, write '{word}.')"


def server(text: str) -> None:
    """Raise Usage for what follows an @ and is more than an address or a name: a port, a URL."""
    if "://" in text:
        raise Usage(f"must be an address or a name, not {shown(text)}; {_URLS}")
    if "," in text or " " in text:
        raise Usage(f"must be one server to start from, not {shown(text)}")
    for sign in "#:":
        host, found, port = text.rpartition(sign)
        alone = sign == "#" or ":" not in host or host.endswith("]")  # a colon may be one of IPv6's own
        if found and port.isdecimal() and alone:
            raise Usage(f"give the port with -p, as in {shown('@' + host.strip('[]'))} -p {port}")
