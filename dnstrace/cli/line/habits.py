"""What fingers type that are used to another tool: told in one line, with what is meant here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.cli.usage import Usage, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_DASHES = ("\u2012", "\u2013", "\u2014", "\u2212")  # what an editor makes of one hyphen or two
_COMMANDS = frozenset({"delv", "dig", "dnstrace", "drill", "host", "lookup", "nslookup", "trace"})
_ABOUT = {"help": "--help", "version": "--version", "lab": "--lab", "list": "--lab list"}
_ENCRYPTED = "only resolvers are asked over TLS, as with --resolver tls://192.0.2.53"
_SIGNED = "queries are not signed (TSIG); dig can"
_SERVER = "a server to start from is given as @SERVER, a resolver to ask too with --resolver"
_DIGS = {
    "it shapes what dig prints; here --short, --json and -v do that": (
        "additional all answer authority class cmd comments crypto expandaaaa identify multiline onesoa qr "
        "question rrcomments split stats ttlid ttlunits unknownformat"
    ),
    "dnstrace validates by itself, with --dnssec": "adflag cd cdflag sigchase topdown trusted-key",
    "dnstrace shapes its queries itself; dig sends what you make up": (
        "aaflag badcookie ednsflags ednsopt keepalive opcode padding zflag"
    ),
    "every name is absolute here": "defname domain ndots search showsearch",
    "no server is asked for recursion; what a resolver holds is shown with --resolver": "rdflag rec recurse",
    "--check asks every server of the zone for its SOA record, and for more": "nssearch",
    "use --json": "yaml",
    _ENCRYPTED: "https https-get https-post http-plain tls tls-ca tls-hostname",
}
_PLUS = {word: said for said, words in _DIGS.items() for word in words.split()}
_LETTERS = {
    "c": "the class is always IN: no other is delegated from a root",
    "k": _SIGNED,
    "y": _SIGNED,
    "s": _SERVER,
}
_LONG = {
    "class": _LETTERS["c"],
    **dict.fromkeys(("dns", "nameserver", "ns", "server"), _SERVER),
    **dict.fromkeys(("csv", "format", "output", "xml", "yaml"), "use --json, or --jsonl for many names"),
    **dict.fromkeys(("no-color", "no-colour"), "use --color=never"),
    "quiet": "use --short",
    "tree": "the tree is what is printed anyway",
    "udp": "UDP is what is tried first anyway",
}
_FILES = ("html", "out", "pcap", "save", "svg")


def plus(word: str) -> str:
    """What to do in place of dig's `+word`, read on after the word; empty where nothing is known of it."""
    known = _PLUS.get(word) or _PLUS.get(word.removeprefix("no"))
    return f": {known}" if known else ""


def long(name: str) -> str:
    """What to do in place of an option `--name` that there is not; empty where nothing is known of it."""
    return f": {_LONG[name]}" if name in _LONG else ""


def letter(letter: str, word: str) -> str:
    """What to do in place of `-letter`, which is an option of dig or the first letter of a name."""
    if letter in _LETTERS:
        return f": {_LETTERS[letter]}"
    return "; a name that begins with a hyphen is given with -q" if "." in word else ""


def one_dash(word: str, known: Mapping[str, object]) -> None:
    """Raise Usage where a long option has one dash, as nslookup and others have it: `-type=MX`."""
    name, equals, value = word[1:].partition("=")
    meant = {"query": "type", "querytype": "type"}.get(name, name)
    if len(name) > 2 and meant in known:
        option = shown(f"--{meant}{equals}{value}")
        raise Usage(f"{shown(word)}: a long option has two dashes; did you mean {option}?")


def bare(word: str, alone: bool) -> None:
    """Raise Usage for a bare word that is hardly meant as a name; `alone`: none was given before it."""
    if word.startswith(_DASHES):
        option = "--" + word.lstrip("".join(_DASHES) + "-")
        raise Usage(f"{shown(word)} begins with a typographic dash: did you mean {shown(option)}?")
    if alone and word in _COMMANDS:
        raise Usage(f"{shown(word)} is left out: only what is to be traced is given{_as_name(word)}")
    if alone and word in _ABOUT:
        raise Usage(f"no name to trace; did you mean {_ABOUT[word]}?{_as_name(word)}")


def is_url(word: str) -> bool:
    """Whether the word is a URL without its scheme, `example.com/page`.

    `0/25.2.0.192.in-addr.arpa` is none: names hold slashes where RFC 2317 gives them.
    """
    host, slash, _ = word.partition("/")
    return bool(slash) and host.rstrip(".").rpartition(".")[2][:1].isalpha() and "." in host.rstrip(".")


def unlikely(word: str) -> None:
    """Raise Usage for a word with characters that are hardly meant as those of a name."""
    if "\\" in word:
        return  # whoever escapes a character means it
    user, at, domain = word.rpartition("@")
    if at and user and domain:
        raise Usage(f"{shown(word)} is a mail address: for its mail servers trace {shown(domain + ' MX')}")
    head, slash, length = word.partition("/")
    if slash and length.isdecimal() and (":" in head or head.replace(".", "").isdecimal()):
        raise Usage(f"{shown(word)} is a network: -x takes an address, or the beginning of one, as 192.0.2")
    for character, called in (",", "comma"), (" ", "blank"), (";", "semicolon"), ('"', "quotation mark"):
        if character in word:
            raise Usage(f"{shown(word)} has a {called} in it: names are words of their own, and -q takes any")


def _as_name(word: str) -> str:
    return f" (as a name it is written '{word}.')"


def server(text: str) -> None:
    """Raise Usage for what follows an @ and is no address or name alone: a port, a URL."""
    if "://" in text:
        raise Usage(f"must be an address or a name, not {shown(text)}; {_ENCRYPTED}")
    if "," in text or " " in text:
        raise Usage(f"one server to start from is enough, not {shown(text)}")
    for sign in "#:":
        host, found, port = text.rpartition(sign)
        alone = sign == "#" or ":" not in host or host.endswith("]")  # a colon may be one of IPv6's own
        if found and port.isdecimal() and alone:
            raise Usage(f"the port is given with -p, as in {shown('@' + host.strip('[]'))} -p {port}")


def eaten(settings: Mapping[str, object]) -> str:
    """Where the only name may have gone: into the option before it, which needs the path of a file."""
    for option in _FILES:
        if "." in (value := str(settings.get(option, ""))) and "/" not in value:
            return f" (--{option} took {shown(value)} for its file)"
    return ""
