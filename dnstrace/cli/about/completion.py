"""Completion scripts for bash, zsh, fish and PowerShell, made from the table of options.

The scripts hold every word they offer, so that a TAB starts no Python. Those in completions/ are made
anew with `python -m dnstrace.cli.about.completion completions`, and with them the page of the manual
(manual.py); a test fails when they differ from the table.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dnstrace.cli.about.help import help_of
from dnstrace.cli.line.options import BY_PLUS, IGNORED, OPTIONS, Completes, Option
from dnstrace.lab.world import names

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = {
    "bash": "dnstrace.bash",
    "zsh": "_dnstrace",
    "fish": "dnstrace.fish",
    "powershell": "dnstrace.ps1",
}
"""The file that holds the script of each shell, by the name that the shell looks for."""

_TYPES = (
    "A AAAA ANY CAA CDNSKEY CDS CERT CNAME CSYNC DNAME DNSKEY DS HINFO HTTPS LOC MX NAPTR NS NSEC "
    "NSEC3PARAM OPENPGPKEY PTR RP RRSIG SMIMEA SOA SPF SRV SSHFP SVCB TLSA TXT URI ZONEMD"
)
TYPES = tuple(_TYPES.split())
"""The types that are offered: those in use, and not whatever the dnspython at hand happens to know."""

_MADE = "# Completion of dnstrace. Made by `python -m dnstrace.cli.about.completion`: change that, not this."


def script(shell: str) -> str:
    """The completion script for `shell`, one of `options.SHELLS`."""
    return _SCRIPTS[shell]()


def write(directory: Path) -> None:
    """Write the scripts for all shells into `directory`."""
    for shell, name in FILES.items():
        (directory / name).write_text(script(shell), encoding="utf-8")


def words(option: Option) -> tuple[str, ...]:
    """The words that the value of an option can be, as far as they are known."""
    if option.completes is Completes.TYPE:
        return TYPES
    if option.completes is Completes.WORLD:
        return (*names(), "list")
    return option.choices


def plus_words() -> list[str]:
    """Every word that can follow a +, without its value."""
    said = [*(each.name for each in OPTIONS if each.variable), *BY_PLUS, *IGNORED]
    flags = [each.name for each in OPTIONS if each.opposite] + [
        word for word in BY_PLUS if BY_PLUS[word][0].opposite
    ]
    taken_back = [each[3:] if each.startswith("no-") else f"no{each}" for each in flags]
    return sorted(f"+{word.replace('no-', 'no')}" for word in {*said, *taken_back})


def _help(option: Option) -> str:
    return option.help.format_map(defaults())


# --- bash -------------------------------------------------------------------------------------


def _bash() -> str:
    cases = []
    for option in (each for each in OPTIONS if each.metavar):
        if option.completes is Completes.FILE:
            act = 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))'
        elif known := words(option):
            act = f"COMPREPLY=($(compgen -W '{' '.join(known)}' -- \"$word\"))"
        else:
            act = ":"
        cases.append(f"        {'|'.join(option.typed)}) {act}; return ;;")
    every = " ".join(flag for option in OPTIONS for flag in option.typed)
    opposites = " ".join(f"--{option.opposite}" for option in OPTIONS if option.opposite)
    return f"""{_MADE}

_dnstrace() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} IFS=$' \\t\\n'
    # bash takes the = of --option=value for a word of its own
    [[ $word == = ]] && word=
    [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
    COMPREPLY=()
    case $before in
{chr(10).join(cases)}
    esac
    case $word in
        -*) COMPREPLY=($(compgen -W '{every} {opposites}' -- "$word")) ;;
        +*) COMPREPLY=($(compgen -W '{" ".join(plus_words())}' -- "$word")) ;;
        *) COMPREPLY=($(compgen -W '{" ".join(TYPES)}' -- "$word")) ;;
    esac
}}

complete -F _dnstrace dnstrace
"""


# --- zsh --------------------------------------------------------------------------------------


def _zsh() -> str:
    specs = [f"    {_zsh_option(option)} \\" for option in OPTIONS]
    opposites = [
        f"    '(--{each.name})--{each.opposite}[Not --{each.name}]' \\" for each in OPTIONS if each.opposite
    ]
    return f"""#compdef dnstrace
{_MADE}

_dnstrace_types() {{
  local -a types=({" ".join(TYPES)})
  compadd -M 'm:{{a-z}}={{A-Z}}' -a types
}}

_dnstrace_word() {{
  local -a plus=({" ".join(plus_words())})
  if [[ $PREFIX == +* ]]; then
    compadd -a plus
  else
    _dnstrace_types
  fi
}}

_dnstrace() {{
  _arguments -s -S \\
{chr(10).join([*specs, *opposites])}
    '*:name or type:_dnstrace_word'
}}

if [[ $funcstack[1] == _dnstrace ]]; then
  _dnstrace "$@"
else
  compdef _dnstrace dnstrace
fi
"""


def _zsh_option(option: Option) -> str:
    letters = [f"-{letter}" for letter in option.short]
    excluded = "*" if option.repeatable else f"({' '.join([*letters, f'--{option.name}'])})"
    explained = help_of(option).replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]")
    value = f"{':' * (1 + option.optional)}{option.metavar}:{_zsh_value(option)}" if option.metavar else ""
    typed = [f"{letter}{'+' * bool(option.metavar)}" for letter in letters]
    typed.append(f"--{option.name}{'=' * bool(option.metavar)}")
    spec = f"'{excluded}'{{{','.join(typed)}}}" if letters else f"'{excluded}{typed[-1]}'"
    return f"{spec}'[{explained}]{value}'"


def _zsh_value(option: Option) -> str:
    if option.completes is Completes.TYPE:
        return "_dnstrace_types"
    if option.completes is Completes.FILE:
        return "_files"
    known = words(option)
    return f"({' '.join(known)})" if known else " "


# --- fish -------------------------------------------------------------------------------------


def _fish() -> str:
    lines = [_MADE, "complete -c dnstrace -f"]
    for option in OPTIONS:
        line = [*(f"-s {letter}" for letter in option.short), f"-l {option.name}"]
        if option.completes is Completes.FILE:
            line.append("-r -F")
        elif option.metavar:
            line.append(f"-x -a '{' '.join(words(option))}'" if words(option) else "-x")
        lines.append(f"complete -c dnstrace {' '.join(line)} -d {_fish_quoted(help_of(option))}")
        if option.opposite:
            lines.append(f"complete -c dnstrace -l {option.opposite} -d 'Not --{option.name}'")
    plus = "string match -q -- '+*' (commandline -ct)"
    lines.append(f"complete -c dnstrace -n \"{plus}\" -a '{' '.join(plus_words())}'")
    lines.append(f"complete -c dnstrace -n \"not {plus}\" -a '{' '.join(TYPES)}' -d type")
    return "\n".join(lines) + "\n"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# --- PowerShell -------------------------------------------------------------------------------


def _powershell() -> str:
    values = [
        f"        '{flag}' = {_powershell_list(words(option))}"
        for option in OPTIONS
        if words(option)
        for flag in option.typed
    ]
    files = ", ".join(f"'--{each.name}'" for each in OPTIONS if each.completes is Completes.FILE)
    every = [flag for option in OPTIONS for flag in option.typed]
    opposites = [f"--{option.opposite}" for option in OPTIONS if option.opposite]
    return f"""{_MADE}

Register-ArgumentCompleter -Native -CommandName dnstrace -ScriptBlock {{
    param($word, $command, $cursor)
    $values = @{{
{chr(10).join(values)}
    }}
    $said = @($command.CommandElements | Where-Object {{ $_.Extent.EndOffset -lt $cursor }})
    $before = if ($said.Count) {{ $said[-1].ToString() }} else {{ '' }}
    if ($before -cin @({files})) {{ return }}
    $offered = if ($values.ContainsKey($before)) {{ $values[$before] }}
    elseif ($word.StartsWith('-')) {{ {_powershell_list([*every, *opposites])} }}
    elseif ($word.StartsWith('+')) {{ {_powershell_list(plus_words())} }}
    else {{ {_powershell_list(TYPES)} }}
    $offered | Where-Object {{ $_ -like "$word*" }} | ForEach-Object {{
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }}
}}
"""


def _powershell_list(each: list[str] | tuple[str, ...]) -> str:
    return "@(" + ", ".join(f"'{word}'" for word in each) + ")"


_SCRIPTS: dict[str, Callable[[], str]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}
