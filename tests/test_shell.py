"""What the program is for a shell: completion, the manual page, a pipe that nobody reads."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import argcomplete
import pytest
from argcomplete.finders import CompletionFinder

from tests.journeys.conftest import PROGRAM
from wizard import cli
from wizard.commands import completion, man
from wizard.parsing import Command, Parser
from wizard.wishes import REDIRECT_URL


def offered(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is offered at the end of a line, asked for as the shells do it but in this process."""
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "COMP_LINE": line, "COMP_POINT": str(len(line))}
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    answer, finder = io.StringIO(), CompletionFinder()

    def autocomplete(top: Parser, **how: Any) -> None:
        finder(top, exit_method=lambda _: None, output_stream=answer, **how)

    monkeypatch.setattr(finder, "_init_debug_stream", lambda: None)
    monkeypatch.setattr(argcomplete, "autocomplete", autocomplete)
    completion.offer(cli.parser())
    return [one.strip() for one in answer.getvalue().split("\n")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("calendar-wizard ", list(cli.COMMANDS)),
        ("calendar-wizard sa", ["sandbox"]),
        ("calendar-wizard completion ", ["bash", "zsh", "fish"]),
        ("calendar-wizard --sandbox site --f", ["--forget"]),
        ("calendar-wizard --receipt con", ["connected.json"]),
        ("calendar-wizard --data ", ["folder/"]),
        ("calendar-wizard --site-id ", [""]),
        ("calendar-wizard connect --method ", ["OAUTH", "CREDENTIALS"]),
        ("calendar-wizard sandbox --fault list-ev", ["list-events="]),
        ("calendar-wizard --fault list-events=fr", ["list-events=fresh-cursors"]),
        ("calendar-wizard --fault token=fr", [""]),
    ],
)
def test_a_shell_is_offered_what_may_stand_there(
    line: str, expected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "connected.json").touch()
    assert offered(line, monkeypatch) == expected


def test_what_is_printed_for_bash_completes_in_bash() -> None:
    script = """
        eval "$(calendar-wizard completion bash)"
        COMP_LINE="calendar-wizard sandbox --po" COMP_POINT=28
        $(complete -p calendar-wizard | sed 's/.*-F \\([^ ]*\\).*/\\1/') calendar-wizard
        echo "${COMPREPLY[@]}"
    """
    environment = {"PATH": f"{Path(PROGRAM).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(["bash", "--norc", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "--port"


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_each_shell_has_its_part(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    assert "calendar-wizard" in capsys.readouterr().out


def test_the_manual_page_has_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["man"]) == 0
    page = capsys.readouterr().out.replace("\\-", "-")
    for parser in cli.parser().all_parsers():
        for option in parser.options():
            assert option in page
    assert re.findall(r"^\.SS (.*)$", page, re.MULTILINE) == [f"calendar-wizard {name}" for name in cli.COMMANDS]
    assert re.findall(r"^\.SH (.*)$", page, re.MULTILINE) == [
        *("NAME", "SYNOPSIS", "OPTIONS", "COMMANDS", "ENVIRONMENT", "EXIT CODES", "EXAMPLES")
    ]


def test_the_manual_page_hides_what_help_hides_and_tells_what_a_command_says_of_an_option_itself() -> None:
    page = "\n".join(man.page(cli.parser())).replace("\\-", "-")
    assert "SUPPRESS" not in page
    for words in (f"(default: {REDIRECT_URL})", 'with "works" true or false'):
        assert words in page


def test_the_manual_page_says_nothing_to_roff_by_mistake() -> None:
    top = Parser(prog="it", description="Does it.", epilog=".TH begins here: 'a' \\fB\n  'twice'")
    top.add_argument("--of", metavar="A^B", help="50%% of `it`\\", choices=["-x"])
    lines = list(man.page(top))
    assert "\\fB\\-\\-of\\fR \\fIA\\(haB\\fR" in lines
    assert "50% of \\(gait\\(ga\\e" in lines
    assert "\\&.TH begins here: \\(aqa\\(aq \\efB" in lines
    assert "  \\(aqtwice\\(aq" in lines


def test_only_what_leads_up_to_lines_that_stay_as_they_are_is_a_heading_of_the_manual_page() -> None:
    top = Parser(prog="it")
    command = top.add_subparsers(parser_class=Command).add_parser("do")
    command.add_argument("--of", help="one")
    command.description = "It looks, after a\ncolon: at two lines,\nthen at a third:\nthe last."
    command.epilog = 'More\nof it.\n\nrows, each\nwith a "state":\n  made'
    page = "\n".join(man.page(top))
    assert f".SS it do\n{command.description}\n.TP\n" in page
    assert page.endswith('one\n.PP\nMore\nof it.\n.PP\n\\fIrows, each with a "state":\\fR\n.nf\n  made\n.fi')


def test_a_reader_that_goes_away_early_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:  # closing it would fail, too, if it still led to nobody
        monkeypatch.setattr(sys, "stdout", pipe)
        assert cli.main(["man"]) == cli.READ_ENOUGH
    assert capfd.readouterr().err == ""
