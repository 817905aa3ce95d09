"""Installs a completion script where the shell looks for it; no file of the user's is changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dnstrace.cli.about.completion import script
from dnstrace.cli.line.options import SHELLS
from dnstrace.cli.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

_POWERSHELL = "dnstrace --show-completion powershell | Out-String | Invoke-Expression"


def shell_of(variables: Mapping[str, str]) -> str:
    """The user's shell, from the variable SHELL. Raises Usage if there is no script for it."""
    if (shell := Path(variables.get("SHELL", "")).name) in SHELLS:
        return shell
    raise Usage(f"$SHELL does not name a shell that is supported: give one of {', '.join(SHELLS)}")


def install(shell: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Write the script for `shell`; where it is, and what is left to do. Raises Usage."""
    if shell == "powershell":
        raise Usage(
            f"PowerShell loads completions from its profile only: add this line to $PROFILE: {_POWERSHELL}"
        )
    home = Path(variables.get("HOME") or "~").expanduser()
    data = Path(variables.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    path, further = {
        "bash": (
            data / "bash-completion/completions/dnstrace",
            "the package bash-completion loads it; without that package, source it in ~/.bashrc",
        ),
        "zsh": (
            data / "zsh/site-functions/_dnstrace",
            f"add to ~/.zshrc, before compinit: fpath=({data / 'zsh/site-functions'} $fpath)",
        ),
        "fish": (config / "fish/completions/dnstrace.fish", "fish loads it automatically"),
    }[shell]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script(shell), encoding="utf-8")
    except OSError as error:
        raise Usage(f"cannot write {path}: {error.strerror}") from error
    return (f"the completion for {shell} is in {path}", further)
