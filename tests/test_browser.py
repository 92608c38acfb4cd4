"""Which browsers are started, and how."""

import os
import sys
from pathlib import Path

import pytest

from wizard import browser
from wizard.browser import graphical_browser

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the browsers here are shell scripts")
URL = "https://accounts.example/consent?a=1&b=%s"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a Linux machine without display, browsers or ssh, whose programs are in a directory of their own."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.release", lambda: "6.1.0-generic")
    return tmp_path


def program(folder: Path, name: str, body: str = "") -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return str(path)


def recorder(folder: Path, name: str) -> str:
    return program(folder, name, f'printf "%s|" "$@" > {folder / "seen"}')


def seen(folder: Path) -> str:
    return (folder / "seen").read_text()


def open_page(url: str = URL) -> bool:
    opener = graphical_browser()
    assert opener is not None
    return opener(url)


def test_without_a_display_there_is_none(bare: Path) -> None:
    recorder(bare, "xdg-open")
    assert graphical_browser() is None


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_desktop_s_own_is_used(bare: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, ":0")
    recorder(bare, "xdg-open")
    assert open_page() is True
    assert seen(bare) == f"{URL}|"


def test_with_a_display_but_no_program_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert graphical_browser() is None


def test_in_wsl_no_display_is_needed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.release", lambda: "5.15.90.1-microsoft-standard-WSL2")
    recorder(bare, "wslview")
    assert open_page() is True


def test_the_browser_variable_comes_first_and_needs_no_display(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", recorder(bare, "helper"))
    assert open_page() is True
    assert seen(bare) == f"{URL}|"


def test_the_browser_variable_may_say_where_the_url_goes(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", f"{recorder(bare, 'helper')} --new '%s' &")
    assert open_page() is True
    assert seen(bare) == f"--new|{URL}|"


@pytest.mark.parametrize("name", ["w3m", "lynx", "links", "elinks", "www-browser"])
def test_a_text_browser_is_never_started(bare: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("BROWSER", f"{recorder(bare, name)} %s")
    assert graphical_browser() is None


def test_a_text_browser_is_not_started_through_the_desktop_either(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("BROWSER", "w3m")
    program(bare, "xdg-open", f'echo "$DISPLAY $BROWSER" > {bare / "seen"}')
    assert open_page() is True
    assert seen(bare) == ":0 \n"


def test_the_next_browser_is_tried_when_one_fails(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", os.pathsep.join([program(bare, "broken", "exit 3"), recorder(bare, "helper")]))
    assert open_page() is True
    assert seen(bare) == f"{URL}|"


@pytest.mark.parametrize("body", ["exit 3", "kill -9 $$"])
def test_a_browser_that_fails_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setenv("BROWSER", program(bare, "broken", body))
    assert open_page() is False


def test_a_program_that_cannot_be_started_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path(program(bare, "broken"))
    script.write_text("#!/no/such/interpreter\n")
    monkeypatch.setenv("BROWSER", str(script))
    assert open_page() is False


def test_an_unreadable_browser_variable_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "'unbalanced")
    assert graphical_browser() is None


def test_a_browser_that_keeps_running_counts_as_opened(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "STARTING_SECONDS", 0.05)
    monkeypatch.setenv("BROWSER", program(bare, "firefox", "/bin/sleep 0.3"))
    assert open_page() is True


def test_what_a_browser_prints_stays_out_of_the_terminal(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROWSER", program(bare, "noisy", "echo out; echo err >&2"))
    assert open_page() is True
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "javascript:alert(1)", "--help", "mailto:a@b"])
def test_only_web_pages_are_opened(bare: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("BROWSER", recorder(bare, "helper"))
    assert open_page(url) is False
    assert not (bare / "seen").exists()


def test_a_mac_has_its_own_way(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    recorder(bare, "open")
    assert open_page() is True


def test_over_ssh_a_mac_opens_nothing_where_nobody_sits(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    recorder(bare, "open")
    assert graphical_browser() is None
