"""Writes screens.md from the code: `python -m tests.screens_doc > screens.md`."""

from __future__ import annotations

import re

from wizard.fault_texts import FAULTS, FAULTS_AT, FaultText
from wizard.flow import SCREENS, Flow
from wizard.journey import CALLS
from wizard.texts import STATES

PICTURES = "tests/tui/__snapshots__/test_snapshots/test_screen"
SHOWN = {
    "site": ("normal", "fault"),
    "provider": ("normal", "fault"),
    "connections": ("normal", "ask", "empty"),
    "method": ("normal", "both", "empty"),
    "schedule": ("normal", "twice"),
    "credentials": ("normal", "fault"),
    "authorize": ("normal", "fault"),
    "review": ("normal", "both"),
    "done": ("normal",),
    "events": ("normal", "empty"),
}
"""The pictures shown for each state; the tests hold these and more."""

HEAD = """\
# The screens

Ten screens, in the order of Wix's Sample Flows. This page is written from the code by
`python -m tests.screens_doc > screens.md`, and a test fails when the two differ.

Every screen has the same frame: the program and the site above, the steps beside it (one line of them below 80
columns), one question, its content, and one line of keys. `ctrl+b` goes back and keeps every answer, `ctrl+r` tries
again what failed, `f1` helps, `f2` switches between dark and light, and `ctrl+c` leaves. A wait shows what is being
done and when it gives up; a fault says what happened, why, and what to do, and leaves everything typed where it is.
"""

LEFT_OFF = """\
## Going on with a run that was cut off

![a run that was cut off](tests/tui/__snapshots__/test_snapshots/\
test_a_run_that_was_cut_off_is_offered_as_in_its_picture.svg)

At every step the run is kept in a journal, without any secret. The next start on the same site asks, before anything
else, whether to go on there. On `credentials` and `authorize` it then looks first (List Connections) for what was made
meanwhile: what it finds is told on `review`; where there is nothing, the sign-in starts again.
"""

LEADS = {
    "no_method": "Only back, to another provider.",
    "bad_credentials": "The screen stays; the email is kept, the password is cleared.",
    "maybe_connected": "The screen stays; the next try looks first and sends nothing twice.",
    "paste_unreadable": "The screen stays and keeps waiting.",
    "wrong_connection": "The screen stays and keeps waiting.",
    "wix_sign_in_refused": "The screen stays; from the first screen, back leads to the sign-in.",
}


def document() -> str:
    """Return screens.md."""
    parts = [HEAD, "## How they follow one another", _diagram(), _table()]
    parts += [_screen(state) for state in SCREENS]
    parts += [LEFT_OFF]
    parts += ["## Faults of every call", "Any screen that talks to Wix can show these.", _common()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _diagram() -> str:
    chart = f"{Flow():mermaid}"
    chart = re.sub(r"\n\s*classDef active.*", "", chart, flags=re.DOTALL)
    return f"```mermaid\n{chart.strip()}\n```"


def _table() -> str:
    return f"{Flow():md}".strip()


def _screen(state: str) -> str:
    text = STATES[state]
    pictures = "\n".join(f"![{state}, {kind}]({PICTURES}%5B{state}-{kind}%5D%5B80x24%5D.svg)" for kind in SHOWN[state])
    calls = ", ".join(CALLS[state]) or "none"
    lines = [f"## {state}", pictures, f"**Asks:** {text.title}"]
    lines += [f"**Below it:** {text.lead}"] if text.lead else []
    lines += [f"**Calls:** {calls}", text.help_with_keys]
    if FAULTS_AT[state]:
        lines += [_faults({code: FAULTS[code] for code in FAULTS_AT[state]})]
    return "\n\n".join(lines)


def _common() -> str:
    own = {code for codes in FAULTS_AT.values() for code in codes}
    return _faults({code: text for code, text in FAULTS.items() if code not in own})


def _faults(faults: dict[str, FaultText]) -> str:
    rows = ["| fault | what it says | what to do | leads to | exit |", "| --- | --- | --- | --- | --- |"]
    for code, text in faults.items():
        leads = LEADS.get(code, "The screen stays and offers to try again.")
        rows.append(f"| `{code}` | {text.what} {text.why} | {text.do} | {leads} | {text.exit} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(document(), end="")
