import json
import threading
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring

from tests.keyrings import FAIL, NULL, MemoryKeyring
from wizard import saved
from wizard.domain import SignIn, SignInWay
from wizard.saved import KeyringError, Note
from wizard.settings import NEEDS, SECRETS, Settings, make_sign_in

ADDRESS = "https://www.wixapis.com"
SECRET = "IST.hush"
SETTINGS = Settings()


def sign_in(way: SignInWay = SignInWay.API_KEY) -> SignIn:
    return make_sign_in(way, {name: SECRET if name in SECRETS else f"my {name}" for name in NEEDS[way]})


def note() -> Note:
    found = saved.note_for(SETTINGS)
    assert found
    return found


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("way", SignInWay)
def test_what_is_saved_is_what_a_later_run_finds(way: SignInWay) -> None:
    assert saved.save(sign_in(way), ADDRESS) == "Memory"
    assert saved.load(note()) == sign_in(way)


def test_the_secret_stands_in_one_entry_of_the_keyring_and_nowhere_else(memory: MemoryKeyring, tmp_path: Path) -> None:
    saved.save(sign_in(), ADDRESS)
    files = [one.read_text() for one in tmp_path.rglob("*") if one.is_file()]
    assert [json.loads(one) for one in files] == [{"base_url": ADDRESS, "way": "api_key", "site_id": "my site_id"}]
    assert list(memory.entries) == [("calendar-wizard", "site")]
    assert SECRET not in repr(note()) + repr(saved.load(note()))


@pytest.mark.parametrize(
    ("settings", "fits"),
    [
        (SETTINGS, True),
        (Settings(known={"site_id": "my site_id", "api_key": ""}), True),
        (Settings(known={"site_id": "another"}), False),
        (Settings(known={"api_key": SECRET}), False),
        (Settings(known={"api_key": "key", "site_id": "my site_id"}), False),
        (Settings(base_url="https://other.example"), False),
        (Settings(sandbox=True), False),
    ],
)
def test_a_run_looks_for_it_only_where_nothing_says_otherwise(
    memory: MemoryKeyring, settings: Settings, fits: bool
) -> None:
    saved.save(sign_in(), ADDRESS)
    before = memory.calls
    assert (saved.note_for(settings) is not None) == fits
    assert memory.calls == before


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b'"x"', b'{"way": "api_key"}', b'{"way": 1}', b'{"way": "x", "base_url": "https://x"}'],
)
def test_a_note_that_cannot_be_read_is_none(content: bytes, tmp_path: Path) -> None:
    saved.save(sign_in(), ADDRESS)
    next(one for one in tmp_path.rglob("*.json")).write_bytes(content)
    assert saved.note_for(SETTINGS) is None


@pytest.mark.parametrize("entry", [None, "", "{}", '{"way": "api_key", "secret": "IST.of-another-site"}'])
def test_an_entry_that_is_gone_or_of_another_site_is_none(memory: MemoryKeyring, entry: str | None) -> None:
    saved.save(sign_in(), ADDRESS)
    memory.entries.clear()
    if entry is not None:
        memory.entries["calendar-wizard", "site"] = entry
    assert saved.load(note()) is None


def test_forgetting_removes_entry_and_note_and_says_whether_there_was_anything(
    memory: MemoryKeyring, tmp_path: Path
) -> None:
    saved.save(sign_in(), ADDRESS)
    assert saved.forget()
    assert not memory.entries
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert not saved.forget()


def test_a_keyring_that_waits_for_somebody_is_not_waited_for(
    memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved.save(sign_in(), ADDRESS)
    unlocked = threading.Event()
    memory.work = unlocked.wait
    monkeypatch.setattr(saved, "LIMIT_SECONDS", 0.01)
    for call in (lambda: saved.load(note()), lambda: saved.save(sign_in(), ADDRESS), saved.forget):
        with pytest.raises(KeyringError, match="waits"):
            call()
    unlocked.set()


def test_of_a_failing_keyring_only_the_errors_name_goes_on(memory: MemoryKeyring) -> None:
    def burst() -> None:
        raise ValueError(SECRET)

    memory.work = burst
    with pytest.raises(KeyringError) as caught:
        saved.save(sign_in(), ADDRESS)
    assert (caught.value.code, caught.value.detail) == ("failed", "ValueError")
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.usefixtures("memory")
def test_without_a_keyring_or_with_one_that_keeps_nothing_that_is_seen_and_nothing_noted() -> None:
    for backend, code in ((FAIL, "no_keyring"), (NULL, "keeps_nothing")):
        keyring.set_keyring(load_keyring(backend))
        for call in (saved.look, lambda: saved.save(sign_in(), ADDRESS)):
            with pytest.raises(KeyringError, match=code):
                call()
    assert saved.note_for(SETTINGS) is None


@pytest.mark.parametrize("chained", [False, True])
def test_a_keyring_that_may_be_a_plain_file_is_refused(memory: MemoryKeyring, chained: bool) -> None:
    memory.priority = 0.5
    if chained:
        keyring.set_keyring(_Chain([memory]))
    for call in (saved.look, lambda: saved.save(sign_in(), ADDRESS)):
        with pytest.raises(KeyringError, match="not_recommended") as caught:
            call()
        assert caught.value.detail == "Memory"
    assert not memory.entries


class _Chain(MemoryKeyring):
    def __init__(self, backends: list[MemoryKeyring]) -> None:
        super().__init__()
        self.backends = backends


def test_where_no_note_can_be_written_nothing_is_saved(memory: MemoryKeyring, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(KeyringError, match="no_note"):
        saved.save(sign_in(), ADDRESS)
    assert not memory.entries


@pytest.mark.usefixtures("memory")
def test_saving_again_replaces_what_was_saved() -> None:
    saved.save(sign_in(), ADDRESS)
    other = replace(sign_in(), site_id="another")
    saved.save(other, ADDRESS)
    assert saved.load(note()) == other
