"""`--from`: a place, as it is written on the command line."""

from __future__ import annotations

import os
import re
import shlex
from urllib.parse import SplitResult, urlsplit

from dnstrace.cli.usage import Usage, shown
from dnstrace.model.places import HERE, Place, Way

_FORMS = "here, ssh://[USER@]HOST[:PORT] or command:WORDS"


def place(text: str) -> Place:
    """A place. Raises Usage."""
    if text == HERE.text:
        return HERE
    kind, colon, rest = text.partition(":")
    if colon and kind == Way.COMMAND:
        return _of_command(text, rest)
    if colon and kind == Way.SSH and rest.startswith("//"):
        return _of_ssh(text)
    raise Usage(f"must be {_FORMS}, not {shown(text)}")


def token(text: str) -> str:
    """The token that a place repeats, or `version`. Raises Usage."""
    if not re.fullmatch("[0-9a-f]{16}|version", text):
        raise Usage(f"is for dnstrace itself: type --from at the other machine, not {shown(text)} here")
    return text


def _of_command(text: str, rest: str) -> Place:
    try:
        words = tuple(shlex.split(rest))
        found = Place(text, Way.COMMAND, words=words)
    except ValueError as error:
        why = str(error)
        said = "has a quotation mark without its other half" if "quotation" in why else why
        raise Usage(f"{shown(text)} {said}") from error
    if os.path.basename(words[0]) in ("ssh", "ssh.exe"):
        raise Usage(f"{shown(text)}: a place behind ssh is written ssh://[USER@]HOST[:PORT]")
    return found


def _of_ssh(text: str) -> Place:
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError as error:
        raise Usage(f"must be ssh://[USER@]HOST[:PORT], not {shown(text)}") from error
    if url.password is not None:
        raise Usage("takes no password: ssh asks for none here; use a key, or an agent")
    if url.path.strip("/") or url.query or url.fragment or port == 0:
        raise Usage(f"must be ssh://[USER@]HOST[:PORT], not {shown(text)}")
    try:
        return Place(text, Way.SSH, _as_typed(url, host), url.username or "", port)
    except ValueError as error:
        raise Usage(f"{shown(text)} {error}") from error


def _as_typed(url: SplitResult, host: str) -> str:
    """The host in the letter case that was typed: the configuration of ssh tells `Web` from `web`."""
    place = url.netloc.rpartition("@")[2].lower().find(host)
    return url.netloc.rpartition("@")[2][place : place + len(host)] if place >= 0 else host
