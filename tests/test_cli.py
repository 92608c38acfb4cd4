import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import wizard
from tests.examples import APPLE, DANA, answered, connection
from wizard import cli, exits, fault_texts, launch, parsing, texts
from wizard.answers import Answers
from wizard.domain import Fault
from wizard.front.outcome import Ending
from wizard.parsing import module_of
from wizard.plain import lines
from wizard.settings import KEY_FILE, VARIABLES
from wizard.tui import app

CONNECTED = answered(APPLE).with_connection(connection(APPLE, DANA))
HEAVY = {
    "textual",
    "httpx",
    "pydantic",
    "statemachine",
    "starlette",
    "uvicorn",
    "caldav",
    "segno",
    "h11",
    "keyring",
    "argcomplete",
}


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[pytest.CaptureFixture[str]]:
    """Let standard input and standard error pass for a terminal; return what reads them."""
    monkeypatch.setenv("TERM", "xterm")
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(type(stream), "isatty", lambda _: True)  # the objects change from fixture to test
    on_ctrl_c = signal.getsignal(signal.SIGINT)
    yield capsys
    signal.signal(signal.SIGINT, on_ctrl_c)  # the wizard leaves its own until its process ends


def ends_with(monkeypatch: pytest.MonkeyPatch, ending: Ending | None) -> None:
    """Let the full-screen front end like this without being shown."""

    async def end(_: app.WizardApp) -> Ending | None:
        return ending

    monkeypatch.setattr(app.WizardApp, "run_async", end)


def refused(*arguments: str) -> int:
    """Return the exit code; argparse ends the program itself."""
    try:
        return cli.main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)


def test_help_names_every_option_variable_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("--help") == 0
    said = capsys.readouterr().out
    options = [
        "--sandbox",
        "--data",
        "--fault",
        "--latency",
        "--site-id",
        "--base-url",
        "--redirect-url",
        "--no-browser",
        "--plain",
        "--json",
        "--receipt",
        "--log-file",
        "--version",
    ]
    codes = {text.exit for text in fault_texts.FAULTS.values()} | {exits.CONNECTED, exits.USAGE, exits.LEFT}
    for word in [*options, *VARIABLES.values(), KEY_FILE, "WIX_BASE_URL", "NO_COLOR"]:
        assert word in said
    for code in codes:
        assert f"\n  {code} " in said


def test_help_names_no_option_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    refused("--help")
    said = capsys.readouterr().out
    assert "sandbox " in said
    assert refused("--sandbo") == 2
    refused("sandbox", "--help")
    said = capsys.readouterr().out
    assert "--port" in said
    assert "--data" in said


@pytest.mark.parametrize("arguments", [[], *([name] for name in cli.COMMANDS)])
def test_help_fits_eighty_columns_and_ends_with_examples(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert refused(*arguments, "--help") == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(["calendar-wizard", *arguments]) in "\n".join(lines[lines.index("examples:") :])


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_s_module_describes_and_runs_it(name: str) -> None:
    module = module_of(name)
    assert module.__doc__
    assert module.add.__doc__
    assert module.run.__doc__
    assert cli.parser().commands()[name].options() == []  # they come when it is used


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stie", "--save"], "there is no command 'stie'; did you mean 'site'?"),
        (["frobnicate"], "there is no command 'frobnicate'; 'calendar-wizard --help' lists them"),
        (["--sandbo"], "there is no option '--sandbo'; did you mean '--sandbox'?"),
        (["--sandbox", "stie", "--save"], "there is no command 'stie'; did you mean 'site'?"),
        (["--base-ulr", "https://a.example", "site"], "option '--base-ulr'; did you mean '--base-url'?"),
        (["site", "--sav"], "there is no option '--sav'; did you mean '--save'?"),
        (["site", "--token=IST.hush"], "there is no option '--token'\n"),
        (["connect", "--pass", "hush"], "there is no option '--pass'; did you mean '--password-env'?"),
        (["completion", "bsh"], "invalid choice: 'bsh'; did you mean 'bash'?"),
        (["completion", "powershell"], "invalid choice: 'powershell' (choose from"),
        (
            ["connections", "dana@a.example"],
            "'dana@a.example' is neither list nor show; 'connections show ID' shows one\n",
        ),
        (["site", "--save", "--", "--sav"], "unrecognized arguments: -- --sav"),
    ],
)
def test_what_is_mistyped_is_told_and_what_may_have_been_meant(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(*arguments) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "hush" not in err


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("--version") == 0
    assert capsys.readouterr().out == f"calendar-wizard {wizard.__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    look = (
        "import atexit, json, sys; atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr))\n"
        f"from wizard.cli import main; main(['{option}'])"
    )
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert not set(json.loads(run.stderr)) & HEAVY


def test_it_runs_as_a_module_and_needs_a_terminal() -> None:
    known = {name: value for name, value in os.environ.items() if name != "TERM"}
    run = subprocess.run(
        [sys.executable, "-m", "wizard"],
        env=known,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("calendar-wizard: the wizard needs a terminal (standard input and standard error); ")
    assert "--plain" in run.stderr


def test_ctrl_c_while_the_command_is_imported_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> ModuleType:
        raise KeyboardInterrupt

    monkeypatch.setattr(parsing, "module_of", interrupted)
    assert cli.main(["reconnect", "dana@icloud.example"]) == 130


@pytest.mark.parametrize("argument", ["--help", "man"])
def test_output_that_takes_no_more_is_told_in_one_line(argument: str, tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", f'ulimit -f 0; exec "{sys.executable}" -m wizard {argument} > "{tmp_path}/full"']
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("calendar-wizard: The output can't be written: File too large. ")
    assert run.stderr.count("\n") == 1


def test_standard_streams_may_be_closed() -> None:
    command = ["/bin/sh", "-c", f'exec "{sys.executable}" -m wizard <&- >&-']
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "there"], "--data goes with --sandbox"),
        (["--base-url", "http://a.example"], "--base-url: only https is accepted"),
        (["--base-url", "nowhere"], "--base-url: 'nowhere' is not a URL; give one like https://www.wixapis.com"),
        (["--redirect-url", "nowhere"], "--redirect-url: 'nowhere' is not a URL"),
        (
            ["sandbox", "--port", "eighty"],
            "argument --port: 'eighty' is not a port; give a number from 0 (any) to 65535",
        ),
        (["sandbox", "--port", "65536"], "'65536' is not a port"),
        (["sandbox", "--port", "-1"], "'-1' is not a port"),
        (["--fault", "token=503"], "--fault goes with --sandbox"),
        (["--latency", "1"], "--latency goes with --sandbox"),
        (["--sandbox", "--fault", "tokens=503"], "there is no call 'tokens'; there are list-providers, "),
        (["sandbox", "--fault", "token=505"], "there is no kind '505'; there are BAD_CREDENTIALS, "),
        (["sandbox", "--latency", "61"], "'61' is no latency; give seconds from 0 to 60"),
        (["site"], "one of the arguments --save --forget is required"),
        (["--sandbox", "site", "--forget"], "calendar-wizard site: error: --sandbox doesn't go with site"),
        (["--receipt", "r.json", "providers"], "--receipt doesn't go with providers"),
        (["--plain", "status"], "--plain doesn't go with status"),
        (["--json", "man"], "--json doesn't go with man"),
        (["--redirect-url", "nowhere", "reconnect", "ID"], "--redirect-url: 'nowhere' is not a URL"),
        (["doctor", "--redirect-url", "nowhere"], "--redirect-url: 'nowhere' is not a URL"),
        (["--data", "there", "sandbox"], "--data has to stand after sandbox"),
        (["--json", "events", "--csv"], "--json isn't allowed with --csv"),
        (["connect", "more"], "calendar-wizard connect: error: unrecognized arguments: more"),
        (["site", "--save", "--base-url", "nowhere"], "--base-url: 'nowhere' is not a URL"),
        (["bulk"], "the following arguments are required: FILE.csv"),
        (["bulk", "no-such.csv"], "no-such.csv can't be read: No such file or directory"),
        (["bulk", "team.csv", "--invitations", "links.txt"], "'links.txt' should end in .csv or .json"),
        (["bulk", "team.csv", "--invitations", "no-such-folder/l.csv"], "'no-such-folder/l.csv' can't be written"),
        (["--receipt", sys.executable], "exists already; give the name of a new file"),
        (["--receipt", "no-such-folder/r.json"], "'no-such-folder/r.json' can't be written; give the name of a new"),
        (["--unknown"], "there is no option '--unknown'"),
    ],
)
def test_what_cannot_be_used_says_why_and_ends_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize("command", [["connect"], ["resume"], ["bulk", "team.csv"]])
def test_json_may_be_asked_for_where_results_are_json_anyway(command: list[str]) -> None:
    assert cli.parser().parse_args([*command, "--json"]).json
    assert cli.parser().parse_args(["--json", *command]).json


def test_a_key_file_that_cannot_be_read_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "missing"))
    assert refused() == 2
    assert "WIX_API_KEY_FILE: the file can't be read (No such file or directory); give" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("arguments", [["--sandbox"], ["sandbox"]])
def test_a_missing_extra_is_one_line_that_says_how_to_install_it(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == f"calendar-wizard: {launch.HOW_TO_INSTALL}\n"


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("arguments", "variable", "plain"),
    [
        ([], None, False),
        (["--plain"], None, True),
        ([], ("TERM", "dumb"), True),
        ([], ("ACCESSIBLE", "1"), True),
        ([], ("ACCESSIBLE", "yes"), True),
        ([], ("ACCESSIBLE", "0"), False),
        ([], ("ACCESSIBLE", ""), False),
    ],
)
def test_the_plain_front_is_taken_where_it_is_asked_for(
    arguments: list[str], variable: tuple[str, str] | None, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = io.StringIO()
    monkeypatch.setattr(lines, "standard_lines", lambda: lines.Lines(io.BytesIO(), heard))
    ends_with(monkeypatch, Ending("left", Answers()))
    if variable:
        monkeypatch.setenv(*variable)
    assert cli.main(arguments) == 130
    assert (texts.STATES["site"].title in heard.getvalue()) is plain


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending("finished", CONNECTED), 0),
        (Ending("finished", CONNECTED, Fault("offline")), 0),
        (Ending("failed", Answers(), Fault("bad_credentials")), 1),
        (Ending("failed", Answers(), Fault("oauth_expired")), 3),
        (Ending("failed", Answers(), Fault("wix_sign_in_refused")), 4),
        (Ending("left", Answers()), 130),
        (Ending("left", Answers(), Fault("offline")), 130),
        (None, 1),
    ],
)
def test_how_a_run_ended_is_its_exit_code(ending: Ending | None, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, ending)
    assert cli.main([]) == code


@pytest.mark.usefixtures("terminal")
def test_a_signal_gives_128_and_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, None)
    monkeypatch.setattr(app.WizardApp, "return_code", 143)
    assert cli.main([]) == 143


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("answers", [CONNECTED, Answers().after(CONNECTED)], ids=["connected", "another begun"])
def test_json_goes_to_standard_output_and_words_to_standard_error(
    answers: Answers, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_with(monkeypatch, Ending("finished", answers))
    cli.main(["--json"])
    out, err = capsys.readouterr()
    assert json.loads(out)["connectionId"] == "apple to dana"
    assert err == "Apple is connected to Dana Levi: import off, export off.\n"


@pytest.mark.usefixtures("terminal")
def test_what_a_terminal_would_obey_in_the_result_is_escaped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(connection(APPLE, DANA), id="é\u202e")
    ends_with(monkeypatch, Ending("finished", answered(APPLE).with_connection(made)))
    cli.main(["--json"])
    assert '"é\\u202e"' in capsys.readouterr().out


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_without_a_connection_standard_output_stays_empty(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_with(monkeypatch, Ending("left", Answers()))
    cli.main(arguments)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (Ending("finished", CONNECTED), ("apple to dana", None)),
        (Ending("finished", Answers().after(CONNECTED)), ("apple to dana", None)),
        (Ending("failed", Answers(), Fault("bad_credentials")), (None, "bad_credentials")),
        (None, (None, None)),
    ],
)
def test_however_the_run_ended_its_receipt_is_written(
    ending: Ending | None, expected: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_with(monkeypatch, ending)
    cli.main(["--receipt", str(tmp_path / "r.json")])
    said = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (said["connection"] and said["connection"]["connectionId"], said["fault"]) == expected


@pytest.mark.usefixtures("terminal")
def test_a_receipt_that_cannot_be_written_at_the_end_is_said_and_changes_no_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"

    async def run(_: app.WizardApp) -> Ending:
        path.write_text("somebody else's")
        return Ending("finished", CONNECTED)

    monkeypatch.setattr(app.WizardApp, "run_async", run)
    assert cli.main(["--receipt", str(path)]) == 0
    assert f"the receipt could not be written to {path}: File exists" in capsys.readouterr().err
    assert path.read_text() == "somebody else's"


@pytest.mark.usefixtures("terminal")
def test_a_log_file_that_cannot_be_opened_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("--log-file", "no-such-folder/log") == 2
    assert "--log-file: 'no-such-folder/log' can't be opened: No such file or directory" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_the_embedded_site_ends_with_the_wizard(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[launch.Embedded] = []
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(launch.Embedded, "__init__", lambda _, *arguments: started.append(arguments))
    monkeypatch.setattr(launch.Embedded, "close", lambda embedded: closed.append(embedded))
    ends_with(monkeypatch, Ending("left", Answers()))
    assert cli.main(["--sandbox"]) == 130
    assert cli.main(["--sandbox", "--fault", "token=503", "--fault=list-events=hang*1", "--latency", "0.5"]) == 130
    assert started == [(None, [], 0.0), (None, ["token=503", "list-events=hang*1"], 0.5)]
    assert len(closed) == 2
