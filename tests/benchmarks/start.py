"""Starting: the first frame, its memory, the providers, and the answers of the command line."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence

from tests.benchmarks.row import Bench, Pair, Row, in_turn, sandbox
from tests.benchmarks.terminal import Program

HELLO = """
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("Hello, world")

Hello().run()
"""
QUESTIONARY = "import questionary; questionary.select('Which one?', ['First', 'Second']).ask()"

ROWS = [
    Row("first-frame", "first frame", "a bare Textual hello", 1.20),
    Row("memory", "resident memory at the first frame", "a bare Textual hello", 1.25, "MiB"),
    Row("memory-usable", "resident memory, providers listed", "a bare Textual hello", None, "MiB"),
    Row("providers", "providers listed and usable (sandbox)", "a bare Textual hello", 1.60),
    Row("posting", "first frame", "posting", 0.30),
    Row("questionary", "first frame", "a questionary list"),
    Row("rclone", "first frame", "rclone config"),
    Row("gh", "first frame", "gh auth login"),
    Row("help", "--help", "python -c pass", 3.0),
    Row("version", "--version", "python -c pass", 3.0),
]


def pairs(bench: Bench, runs: int) -> Iterator[Pair]:
    """Start everything in turn."""
    hello = bench.textual(HELLO, "Hello, world")
    with sandbox() as (url, key, site):
        signed_in = bench.environment | {"WIX_BASE_URL": url, "WIX_API_KEY": key, "WIX_SITE_ID": site}
        wizard = bench.wizard(f"http://127.0.0.1:{_closed_port()}")
        listed = Program("wizard, providers listed", wizard.command, "Outlook", signed_in)
        others = _others(bench)
        for number in range(-1, runs):  # the first only fills the caches
            frames, memory = {}, {}
            for program in in_turn(number, [hello, wizard, listed, *others]):
                with bench.running(program) as terminal:
                    frames[program.name] = terminal.first_frame()
                    memory[program.name] = terminal.memory()
                    if program is listed:  # what loads behind it belongs to it
                        terminal.settle()
                        memory[program.name] = terminal.memory()
            commands = _commands(bench, number)
            if number < 0:
                continue
            yield "first-frame", frames[wizard.name], frames[hello.name]
            yield "memory", memory[wizard.name], memory[hello.name]
            yield "memory-usable", memory[listed.name], memory[hello.name]
            yield "providers", frames[listed.name], frames[hello.name]
            for other in others:
                yield other.name, frames[wizard.name], frames[other.name]
            yield "help", commands["--help"], commands["pass"]
            yield "version", commands["--version"], commands["pass"]


def _others(bench: Bench) -> list[Program]:
    of: dict[str, tuple[Sequence[str], str]] = {
        "posting": ([], "GET"),
        "rclone": (["config"], "Quit config"),
        "gh": (["auth", "login"], "GitHub.com"),
    }
    programs = [
        Program(name, [path, *arguments], words, bench.environment)
        for name, (arguments, words) in of.items()
        if (path := bench.peers.get(name) or shutil.which(name))
    ]
    if python := bench.peers.get("questionary"):
        programs.append(Program("questionary", [python, "-c", QUESTIONARY], "Second", bench.environment))
    return programs


def _commands(bench: Bench, number: int) -> dict[str, float]:
    commands = {
        "pass": [bench.python, "-c", "pass"],
        "--help": [bench.command, "--help"],
        "--version": [bench.command, "--version"],
    }
    taken = {}
    for name in sorted(commands, reverse=bool(number % 2)):
        began = time.perf_counter()
        subprocess.run(commands[name], env=bench.environment, stdout=subprocess.DEVNULL, check=True)
        taken[name] = (time.perf_counter() - began) * 1000
    return taken


def _closed_port() -> int:
    """Return a loopback port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
