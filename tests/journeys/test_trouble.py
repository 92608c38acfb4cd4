"""What can be in the way, and how a person gets past it."""

from tests.journeys.conftest import Start, Studio
from tests.journeys.gate import Gate
from tests.journeys.steps import title, what
from wizard import texts
from wizard.domain import SignInWay


def test_trying_again_works_once_the_site_is_there(start: Start, studio: Studio, closed_port: int) -> None:
    terminal = start("--base-url", f"http://127.0.0.1:{closed_port}", known=studio.environment)
    terminal.wait_for(what("offline"))
    with Gate(studio.url, closed_port):
        terminal.press("ctrl+r")
        terminal.wait_for("Google")


def test_without_settings_the_site_is_asked_for_and_a_wrong_value_is_named(start: Start, studio: Studio) -> None:
    terminal = start("--base-url", studio.url)
    site_id, api_key = (texts.SITE_FIELD[name][0] for name in ("site_id", "api_key"))
    terminal.choose(texts.SITE_WAY[SignInWay.API_KEY])
    terminal.fill(site_id, "riverside")
    terminal.fill(api_key, studio.api_key)
    terminal.wait_for(texts.SITE_NOT_GUID.format(label=site_id)[:30])
    terminal.fill(site_id, studio.site_id)
    terminal.fill(api_key, "")
    terminal.wait_for(title("provider"))
    assert studio.api_key.encode() not in terminal.said


def test_bytes_that_are_no_text_do_no_harm(start: Start, studio: Studio) -> None:
    terminal = start(known=studio.environment)
    terminal.wait_for(title("provider"))
    terminal.type("Zoë".encode("latin-1"))
    terminal.choose("Fastmail")
    terminal.wait_for(texts.METHOD_ASK)
