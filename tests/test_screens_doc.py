"""screens.md says what the code does, and the code does what screens.md says."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.screens_doc import document
from wizard.fault_texts import FAULTS, FAULTS_AT
from wizard.flow import SCREENS
from wizard.journey import CALLS
from wizard.texts import STATES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "screens.md").read_text()


def test_the_page_is_what_the_code_says() -> None:
    assert document() == PAGE, "write it anew: python -m tests.screens_doc > screens.md"


def test_every_picture_on_the_page_exists() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", PAGE)
    assert len(pictures) >= len(SCREENS)
    assert [p for p in pictures if not (ROOT / unquote(p)).is_file()] == []


@pytest.mark.parametrize("table", [STATES, CALLS, FAULTS_AT], ids=["texts", "calls", "faults"])
def test_every_table_has_the_states_in_the_order_of_the_flow(table: dict[str, object]) -> None:
    assert tuple(table) == SCREENS


def test_every_state_is_a_screen_file_and_the_other_way_round() -> None:
    files = {path.stem for path in (ROOT / "wizard/tui/screens").glob("*.py")} - {"__init__"}
    assert files == set(SCREENS)


def test_faults_named_for_a_state_exist() -> None:
    assert {code for codes in FAULTS_AT.values() for code in codes} <= set(FAULTS)
