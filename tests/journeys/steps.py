"""What a person does on the way through the steps, in the words of the screens."""

import re

import httpx

from tests.journeys.terminal import Terminal
from tests.sites import NO_CERTIFICATES
from wizard import fault_texts, texts
from wizard.domain import Kind, Method

SCHEDULE = "Dana Levi"
GOOGLE_ACCOUNT = "dana@gmail.example"


def title(state: str, provider: str = "", schedule: str = SCHEDULE) -> str:
    """Return a screen's question."""
    return texts.STATES[state].title.format(provider=provider, schedule=schedule)


def what(code: str, provider: str = "") -> str:
    """Return a fault's first line."""
    return fault_texts.FAULTS[code].what.format(provider=provider)


def go_to_sign_in(
    terminal: Terminal, provider: str, method: Method, schedule: str = SCHEDULE, *, key: str = "down"
) -> None:
    """Answer everything up to the sign-in; `key` is the way to the provider."""
    terminal.choose(provider, key)
    terminal.wait_for(title("method", provider))
    terminal.choose(texts.METHOD_PHRASE[(method,)])
    terminal.wait_for(texts.BUSINESS_SCHEDULE)
    terminal.type(schedule)
    terminal.choose(schedule)
    terminal.wait_for(title("credentials" if method is Method.CREDENTIALS else "authorize", provider))


def connect_apple(terminal: Terminal, email: str, password: str) -> None:
    """Go all the way to the review with Apple's email and password."""
    go_to_sign_in(terminal, "Apple", Method.CREDENTIALS)
    terminal.fill(texts.EMAIL, email)
    terminal.fill(texts.PASSWORD_OF[Kind.APPLE], password)
    terminal.wait_for(texts.EXPORT + " " + texts.OFF)


def get_link(terminal: Terminal, but: str = "") -> str:
    """Wait until the link is on the screen (another than `but`), and return it."""

    def links() -> list[str]:
        return [found for found in terminal.find(r"http://\S+/consent/\S+") if found != but]

    terminal.wait_until(lambda: links() != [], "the link")
    return links()[0]


def decide(link: str, decision: str = "allow") -> str:
    """Send the consent page's form as a browser does; return where it leads, without going there."""
    with httpx.Client(verify=NO_CERTIFICATES) as browser:
        form = re.search(r'name="form" value="(\w+)"', browser.get(link).text)
        assert form is not None
        fields = {"form": form[1], "account": GOOGLE_ACCOUNT, "decision": decision}
        return browser.post(link, data=fields).headers["location"]


def apply(terminal: Terminal, provider: str) -> None:
    """Apply what the review shows, and arrive at the end."""
    terminal.press("enter")
    terminal.wait_for(title("done", provider))


def finish(terminal: Terminal) -> None:
    """Leave the last screen; that is a success."""
    terminal.choose(texts.DONE_ACTIONS["next"][0])
    assert terminal.wait_for_end() == 0
