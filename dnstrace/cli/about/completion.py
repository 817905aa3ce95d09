"""Completion scripts for bash, zsh, fish and PowerShell, made from the table of options.

The scripts hold every word they offer, so that a TAB does not start Python, and do not offer what an option
on the line excludes. `python -m dnstrace.cli.about.generate completions` writes those in completions/; a test
fails when they differ from the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnstrace.checks import CATALOGUE
from dnstrace.cli.about.help import help_of
from dnstrace.cli.line.options import BY_NAME, BY_PLUS, IGNORED, OPTIONS, Completes, Option, excluded
from dnstrace.lab.world import names
from dnstrace.render.glossary import terms

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
"""The types that are offered: those in use, whatever the installed dnspython knows."""

_FILES = {Completes.FILE, Completes.NEW_FILE}
_MADE = "# Completion of dnstrace. Made by `python -m dnstrace.cli.about.generate`: change that, not this."


def script(shell: str) -> str:
    """The completion script for `shell`, one of `options.SHELLS`."""
    return _SCRIPTS[shell]()


def words(option: Option) -> tuple[str, ...]:
    """The words that the value of an option can be; none where any text can be one."""
    if option.completes is Completes.TYPE:
        return TYPES
    if option.completes is Completes.WORLD:
        return (*names(), "list", "new")
    if option.completes is Completes.WORD:
        return ("list", "words", *CATALOGUE, *(each.replace(" ", "-") for each in terms()))
    return option.choices


def shut_out(name: str) -> list[str]:
    """The words that an option, or the opposite of a flag, excludes, as they are typed."""
    return [
        word
        for each in excluded(name)
        for word in (BY_NAME[each].typed if each in BY_NAME else (f"--{each}",))
    ]


def plus_words() -> list[str]:
    """Every word that can follow a +, without its value."""
    said = [*(each.name for each in OPTIONS if each.variable), *BY_PLUS, *IGNORED]
    flags = [each.name for each in OPTIONS if each.opposite] + [
        word for word in BY_PLUS if BY_PLUS[word][0].opposite
    ]
    taken_back = [each[3:] if each.startswith("no-") else f"no{each}" for each in flags]
    return sorted(f"+{word.replace('no-', 'no')}" for word in {*said, *taken_back})


# --- bash -------------------------------------------------------------------------------------


def _bash() -> str:
    cases = []
    for option in (each for each in OPTIONS if each.metavar):
        if option.completes in _FILES:
            act = 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))'
        elif known := words(option):
            act = f"COMPREPLY=($(compgen -W '{' '.join(known)}' -- \"$word\"))"
        else:
            act = ":"
        cases.append(f"        {'|'.join(option.typed)}) {act}; return ;;")
    every = " ".join(flag for option in OPTIONS for flag in option.typed)
    opposites = " ".join(f"--{option.opposite}" for option in OPTIONS if option.opposite)
    shutting = [
        f"        {'|'.join(typed)}) out+='{' '.join(words)} ' ;;" for typed, words in _shutting_out()
    ]
    return f"""{_MADE}

_dnstrace() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} IFS=$' \\t\\n'
    local out=' ' each offered
    # bash splits --option=value into three words
    [[ $word == = ]] && word=
    [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
    COMPREPLY=()
    case $before in
{chr(10).join(cases)}
    esac
    # what the other words on the line exclude is not offered
    for each in "${{COMP_WORDS[@]:1}}"; do case $each in
{chr(10).join(shutting)}
    esac; done
    case $word in
        -*) offered=$(compgen -W '{every} {opposites}' -- "$word")
            for each in $offered; do [[ $out == *" $each "* ]] || COMPREPLY+=("$each"); done ;;
        +*) COMPREPLY=($(compgen -W '{" ".join(plus_words())}' -- "$word")) ;;
        *) COMPREPLY=($(compgen -W '{" ".join(TYPES)}' -- "$word")) ;;
    esac
}}

complete -F _dnstrace dnstrace
"""


def _shutting_out() -> list[tuple[tuple[str, ...], list[str]]]:
    """The ways to type each option or opposite that excludes others, and the words that it excludes."""
    typed = {each.name: each.typed for each in OPTIONS} | {
        each.opposite: (f"--{each.opposite}",) for each in OPTIONS if each.opposite
    }
    return [(words, shut_out(name)) for name, words in typed.items() if shut_out(name)]


# --- zsh --------------------------------------------------------------------------------------


def _zsh() -> str:
    specs = [f"    {_zsh_option(option)} \\" for option in OPTIONS]
    opposites = [
        f"    '({' '.join([f'--{each.name}', *shut_out(each.opposite)])})"
        f"--{each.opposite}[Not --{each.name}]' \\"
        for each in OPTIONS
        if each.opposite
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
    others = shut_out(option.name) if option.repeatable else [*option.typed, *shut_out(option.name)]
    first = f"({' '.join(others)})" * bool(others) + "*" * option.repeatable
    explained = help_of(option).replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]")
    value = f"{':' * (1 + option.optional)}{option.metavar}:{_zsh_value(option)}" if option.metavar else ""
    typed = [f"{letter}{'+' * bool(option.metavar)}" for letter in letters]
    typed.append(f"--{option.name}{'=' * bool(option.metavar)}")
    spec = f"'{first}'{{{','.join(typed)}}}" if letters else f"'{first}{typed[-1]}'"
    return f"{spec}'[{explained}]{value}'"


def _zsh_value(option: Option) -> str:
    if option.completes is Completes.TYPE:
        return "_dnstrace_types"
    if option.completes in _FILES:
        return "_files"
    known = words(option)
    return f"({' '.join(known)})" if known else " "


# --- fish -------------------------------------------------------------------------------------


def _fish() -> str:
    lines = [_MADE, "complete -c dnstrace -f"]
    for option in OPTIONS:
        line = [*(f"-s {letter}" for letter in option.short), f"-l {option.name}"]
        if option.completes in _FILES:
            line.append("-r -F")
        elif option.metavar:
            line.append(f"-x -a '{' '.join(words(option))}'" if words(option) else "-x")
        line.append(f"-d {_fish_quoted(help_of(option))}")
        lines.append(f"complete -c dnstrace {_fish_unless(option.name)}{' '.join(line)}")
        if option.opposite:
            unless = _fish_unless(option.opposite)
            lines.append(f"complete -c dnstrace {unless}-l {option.opposite} -d 'Not --{option.name}'")
    plus = "string match -q -- '+*' (commandline -ct)"
    lines.append(f"complete -c dnstrace -n \"{plus}\" -a '{' '.join(plus_words())}'")
    lines.append(f"complete -c dnstrace -n \"not {plus}\" -a '{' '.join(TYPES)}' -d type")
    return "\n".join(lines) + "\n"


def _fish_unless(name: str) -> str:
    """The condition that nothing on the line excludes an option, or the opposite of a flag."""
    words = shut_out(name)
    said = " ".join(word[2:] if word.startswith("--") else f"-s {word[1:]}" for word in words)
    return f"-n 'not __fish_contains_opt {said}' " if words else ""


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
    files = ", ".join(f"'--{each.name}'" for each in OPTIONS if each.completes in _FILES)
    every = [flag for option in OPTIONS for flag in option.typed]
    opposites = [f"--{option.opposite}" for option in OPTIONS if option.opposite]
    shutting = [
        f"        '{word}' = {_powershell_list(words)}" for typed, words in _shutting_out() for word in typed
    ]
    return f"""{_MADE}

Register-ArgumentCompleter -Native -CommandName dnstrace -ScriptBlock {{
    param($word, $command, $cursor)
    $values = @{{
{chr(10).join(values)}
    }}
    $excluded = @{{
{chr(10).join(shutting)}
    }}
    $said = @($command.CommandElements | Where-Object {{ $_.Extent.EndOffset -lt $cursor }})
    $before = if ($said.Count) {{ $said[-1].ToString() }} else {{ '' }}
    if ($before -cin @({files})) {{ return }}
    $offered = if ($values.ContainsKey($before)) {{ $values[$before] }}
    elseif ($word.StartsWith('-')) {{ {_powershell_list([*every, *opposites])} }}
    elseif ($word.StartsWith('+')) {{ {_powershell_list(plus_words())} }}
    else {{ {_powershell_list(TYPES)} }}
    $out = @($said | ForEach-Object {{ $excluded[$_.ToString()] }})
    $offered | Where-Object {{ $_ -like "$word*" -and $_ -cnotin $out }} | ForEach-Object {{
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
