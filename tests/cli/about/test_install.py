from __future__ import annotations

from pathlib import Path

import pytest

from dnstrace.cli.about.completion import script
from dnstrace.cli.about.install import install, shell_of
from dnstrace.cli.usage import Usage


@pytest.mark.parametrize(
    ("shell", "path"),
    [
        ("bash", ".local/share/bash-completion/completions/dnstrace"),
        ("zsh", ".local/share/zsh/site-functions/_dnstrace"),
        ("fish", ".config/fish/completions/dnstrace.fish"),
    ],
)
def test_the_script_is_where_the_shell_looks(tmp_path: Path, shell: str, path: str) -> None:
    said = install(shell, {"HOME": str(tmp_path)})
    assert (tmp_path / path).read_text(encoding="utf-8") == script(shell)
    assert str(tmp_path / path) in said[0]
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [tmp_path / path]


def test_the_directories_of_xdg_are_obeyed(tmp_path: Path) -> None:
    install("fish", {"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path)})
    assert (tmp_path / "fish/completions/dnstrace.fish").is_file()


def test_what_cannot_be_installed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Usage, match="cannot write"):
        install("bash", {"XDG_DATA_HOME": str(tmp_path / "file")})
    with pytest.raises(Usage, match=r"\$PROFILE"):
        install("powershell", {})


@pytest.mark.parametrize(
    ("variables", "shell"), [({"SHELL": "/usr/bin/zsh"}, "zsh"), ({"SHELL": "bash"}, "bash")]
)
def test_the_users_shell(variables: dict[str, str], shell: str) -> None:
    assert shell_of(variables) == shell


def test_an_unknown_shell_is_asked_for() -> None:
    with pytest.raises(Usage, match="give one of bash, zsh, fish, powershell"):
        shell_of({})
