"""Where the command runs: its streams, its variables, and what the terminal can show.

It is one object, so that a test can replace all of it. Rich is given what is decided here and decides
nothing itself.
"""

from __future__ import annotations

import os
import select
import sys

from dnstrace.cli.usage import harmless

TYPE_CHECKING = False  # that of `typing` is not imported before the first query
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from rich.console import Console

    from dnstrace.network.first import First

_LINKING = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "WEZTERM_PANE")
_LINKING_PROGRAMS = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper")
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "contour", "wezterm")
_VTE_LINKING = 5000  # GNOME Terminal and its relatives, from version 0.50
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python makes of LC_CTYPE where the locale is C
_NARROWEST = 40  # below it no tree can be read, and its lines only break more often


class Unwritable(Exception):
    """Standard output took no more; the text says why."""


class Environment:
    """Streams and variables, by default the process's own; a stream is None where it is closed (`>&-`).

    `program` is what the command is called here; `first` is the query that is under way already, if any.
    """

    first: First | None = None

    def __init__(
        self,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        variables: Mapping[str, str] = os.environ,
        program: str = "dnstrace",
    ) -> None:
        self.program = program
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        self.variables = variables

    @property
    def is_configured(self) -> bool:
        """Whether variables of the program, or a configuration file, may say how to trace."""
        variables = any(name.startswith("DNSTRACE_") for name in self.variables)
        return variables or os.path.exists(config_path(self.variables))

    @property
    def is_terminal(self) -> bool:
        """Whether the output is seen at once, on a terminal that can move its cursor."""
        return _moves_its_cursor(self.stdout) and not self._dumb

    @property
    def ascii_only(self) -> bool:
        """Whether the output can hold nothing but ASCII.

        In the C locale Python writes UTF-8 too (PEP 538, PEP 540): who sets that locale wants ASCII. Where no
        locale is set, as in many containers, the terminal can mostly show more, so Python's choice stands.
        """
        plain = _locale(self.variables) in ("C", "POSIX") and not self.variables.get("PYTHONIOENCODING")
        return self._dumb or plain or not self._encoding.lower().startswith("utf")

    @property
    def has_links(self) -> bool:
        """Whether the terminal is one that is known to show hyperlinks (OSC 8); never in a pipe or a file."""
        known = any(self.variables.get(each) for each in _LINKING)
        program, term = self.variables.get("TERM_PROGRAM", ""), self.variables.get("TERM", "")
        vte = self.variables.get("VTE_VERSION", "")
        known = known or (vte.isdigit() and int(vte) >= _VTE_LINKING)
        return self.is_terminal and (known or program in _LINKING_PROGRAMS or term in _LINKING_TERMS)

    @property
    def width(self) -> int:
        """Columns of the output: COLUMNS, else those of the terminal, else 80."""
        columns = self.variables.get("COLUMNS", "")
        if columns.isascii() and columns.isdigit() and int(columns[:6]) > 0:
            return max(int(columns[:6]), _NARROWEST)
        return max(_columns(self.stdout), _NARROWEST)

    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal as they are now: a window may change while it is drawn on.

        A terminal that does not know them says 0.
        """
        try:
            found = os.get_terminal_size(self.stdout.fileno()) if self.stdout else os.terminal_size((80, 24))
        except (OSError, ValueError):
            return self.width, 24
        return min(self.width, found.columns or self.width), max(found.lines or 24, 2)

    def in_color(self, choice: str) -> bool:
        """Whether to write colours: by `--color`, NO_COLOR, FORCE_COLOR, or the terminal."""
        if choice != "auto":
            return choice == "always"
        if self.variables.get("NO_COLOR"):
            return False
        return bool(self.variables.get("FORCE_COLOR")) or self.is_terminal

    def console(self, choice: str, file: TextIO | None = None) -> Console:
        """A rich console for `file`, or for stdout, with what was decided here.

        The 16 colours of the terminal's own palette, which is legible on dark and light ground.
        """
        from rich.console import Console

        color = self.in_color(choice)
        return Console(
            file=file or self.stdout,
            width=self.width,
            force_terminal=color or (file is None and self.is_terminal),
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            emoji=False,
            markup=False,
            highlight=False,
            soft_wrap=False,
        )

    def write(self, text: str) -> None:
        """Write `text` to stdout and flush it. Raises BrokenPipeError, or Unwritable with the reason."""
        self.check_writable()
        assert self.stdout is not None
        encoding = self._encoding
        if self.ascii_only and not text.isascii():
            from dnstrace.render.in_ascii import with_similar_signs

            text = with_similar_signs(text)
            encoding = "ascii" if encoding.lower().startswith("utf") else encoding
        octets = text.encode(encoding, "backslashreplace")
        try:
            if (descriptor := _descriptor(self.stdout)) is None:
                self.stdout.write(octets.decode(encoding))
                self.stdout.flush()
            else:
                self.stdout.flush()
                _write_all(descriptor, octets)
        except BrokenPipeError:
            raise
        except KeyboardInterrupt:
            self.remark("stopped by the user while the output was written: it is cut short")
            raise
        except (OSError, ValueError) as error:
            raise Unwritable(getattr(error, "strerror", None) or str(error)) from error

    def write_list(self, rows: Sequence[Sequence[str]]) -> None:
        """Write rows of cells in columns: one line each, and folded between words on a terminal."""
        from dnstrace.cli.listing import listed

        self.write(listed(rows, self.width if self.is_terminal else 0))

    def check_writable(self) -> None:
        """Raise Unwritable if there is no stdout, before anything is sent in vain."""
        if self.stdout is None:
            raise Unwritable("standard output is closed")

    def remark(self, text: str) -> None:
        """Write one line to stderr, if there is one; a remark that cannot be written is not an error.

        On a terminal, a line that does not fit is folded between words.
        """
        if self.stderr is None:
            return
        try:
            line, width = f"dnstrace: {harmless(text)}", self._remark_width
            if width and len(line) > width:
                from dnstrace.cli.listing import remark_lines

                line = remark_lines(line, width)
            self.stderr.write(f"{line}\n")
            self.stderr.flush()
        except (OSError, ValueError):
            return

    @property
    def _remark_width(self) -> int:
        """Columns that a remark is folded to; 0 if it is not read on a terminal."""
        is_read = self.stderr is not None and self.stderr.isatty()
        return max(_columns(self.stderr), _NARROWEST) if is_read else 0

    @property
    def tells_progress(self) -> bool:
        """Whether there is a terminal for remarks, on which a line can be written over."""
        return _moves_its_cursor(self.stderr) and not self._dumb

    def overwrite(self, text: str) -> None:
        """Replace the line last written by this with `text`, cut to fit; see `tells_progress`."""
        if self.stderr is not None:
            self.stderr.write(f"\r\x1b[K{harmless(text)[: _columns(self.stderr) - 1]}")
            self.stderr.flush()

    @property
    def _encoding(self) -> str:
        return getattr(self.stdout, "encoding", None) or "utf-8"

    @property
    def _dumb(self) -> bool:
        return self.variables.get("TERM", "").lower() in ("dumb", "unknown")


def config_path(variables: Mapping[str, str]) -> str:
    """Where the user's configuration file is, if there is one; empty where no variable says."""
    folders = [variables.get("XDG_CONFIG_HOME", "")]
    folders += [os.path.join(variables.get("HOME", ""), ".config"), variables.get("APPDATA", "")]
    absolute = next((each for each in folders if os.path.isabs(each)), "")
    return os.path.join(absolute, "dnstrace", "config.toml") if absolute else ""


def _locale(variables: Mapping[str, str]) -> str:
    """The locale of characters by the first variable that is set; empty if none is.

    Where LANG alone is C, Python sets LC_CTYPE itself when it starts (PEP 538): that is not the user's word.
    """
    found = [variables.get(each, "") for each in ("LC_ALL", "LC_CTYPE", "LANG")]
    if found[1] in _COERCED and found[2] in ("C", "POSIX"):
        found[1] = ""
    return next(filter(None, found), "")


def _moves_its_cursor(stream: TextIO | None) -> bool:
    if stream is None or not stream.isatty():
        return False
    if sys.platform == "win32":
        from dnstrace.cli.windows import obeys_sequences

        return obeys_sequences(stream)
    return True


def _columns(stream: TextIO | None) -> int:
    """Columns of the terminal that a stream leads to; 80 where there is none, or it does not know."""
    try:
        return (os.get_terminal_size(stream.fileno()).columns if stream else 0) or 80
    except (OSError, ValueError):
        return 80


def _descriptor(stream: TextIO) -> int | None:
    """The descriptor for the system's own write(2); None where the stream is not a file of the system.

    None on Windows too, whose terminals take text and not octets.
    """
    if sys.platform == "win32":
        return None
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def _write_all(descriptor: int, octets: bytes) -> None:
    """Write all, also where the system takes a part only, or nothing for now (a pipe that does not block).

    Python's own streams, where they do not buffer (PYTHONUNBUFFERED), lose the rest and say nothing.
    """
    left = memoryview(octets)
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
