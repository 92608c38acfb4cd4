"""The sign-in that `calendar-wizard site --save` keeps: in the operating system's keyring, with a note beside it.

The note is a small file without the secret. A start reads it instead of loading `keyring`, which takes a tenth of a
second and finds nothing for most people; the keyring itself is asked behind the first frame.
"""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from wizard import files
from wizard.domain import SignInWay
from wizard.settings import NEEDS, SECRETS, make_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wizard.domain import SignIn
    from wizard.settings import Settings

SERVICE, ENTRY = "calendar-wizard", "site"
"""What the one entry in the keyring is called."""
LIMIT_SECONDS = 3.0
"""How long the keyring may take: some wait for a person to unlock them."""

Found = TypeVar("Found")


class KeyringError(Exception):
    """The keyring can't be used; `code` is one of `fault_texts.KEYRING`, `detail` says more and holds no secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Note(NamedTuple):
    """What of a saved sign-in is no secret: the address it was accepted at, its way, and the ids of `NEEDS`."""

    base_url: str
    way: SignInWay
    ids: Mapping[str, str]

    @property
    def site_id(self) -> str:
        """The site's ID; an app has none."""
        return self.ids.get("site_id", "")

    @property
    def place(self) -> str:
        """What tells the site from others, as `SignIn.place` says it."""
        return self.site_id or self.ids.get("instance_id", "")

    def fits(self, settings: Settings) -> bool:
        """Whether a run may use it: at the same address only, and where nothing that is given says otherwise."""
        given = {name: value for name, value in settings.known.items() if value}
        return self.base_url == settings.base_url and given.items() <= self.ids.items()


def note_for(settings: Settings) -> Note | None:
    """Return the note of what is saved, if a run with these settings needs and may use it. Asks no keyring."""
    if settings.sandbox or settings.way is not None:
        return None
    try:
        note, _ = _parse(_note_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note if note.fits(settings) else None


def look() -> str:
    """See whether there is a keyring that answers, and return its name. Blocks like `load`; raises `KeyringError`."""

    def asked() -> str:
        import keyring
        from keyring.backends import null

        name = _trusted()
        _get()
        if isinstance(keyring.get_keyring(), null.Keyring):  # it answers, but `save` would be in vain
            raise KeyringError("keeps_nothing")
        return name

    return _within_limit(asked)


def load(note: Note) -> SignIn | None:
    """Return the saved sign-in that the note is about, or None if the keyring doesn't have it.

    Blocks for up to `LIMIT_SECONDS`; raises `KeyringError`.
    """
    try:
        found, secret = _parse(_within_limit(_get) or "")
    except ValueError:
        return None
    if found != note or not secret:
        return None
    return make_sign_in(note.way, {**note.ids, **dict.fromkeys(SECRETS, secret)})


def save(sign_in: SignIn, base_url: str) -> str:
    """Keep the sign-in for this address in place of any other, and return the keyring's name.

    Blocks for up to twice `LIMIT_SECONDS`; raises `KeyringError`.
    """
    ids = {name: str(getattr(sign_in, name)) for name in NEEDS[sign_in.way] if name not in SECRETS}
    note = {"base_url": base_url, "way": sign_in.way.value, **ids}
    entry = json.dumps({**note, "secret": sign_in.secret.get_secret_value()})

    def put() -> str:
        import keyring

        name = _trusted()
        keyring.set_password(SERVICE, ENTRY, entry)
        # keyring's null backend takes everything and keeps nothing.
        if keyring.get_password(SERVICE, ENTRY) != entry:
            raise KeyringError("keeps_nothing")
        return name

    name = _within_limit(put)
    try:
        file = _note_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        files.write(file, json.dumps(note))
    except OSError as error:
        # Without its note nothing would ever find the entry.
        _within_limit(_remove)
        raise KeyringError("no_note", error.strerror or "") from None
    return name


def forget() -> bool:
    """Remove what is saved, and say whether there was anything. Blocks like `load`; raises `KeyringError`."""
    try:
        file = _note_file()
        noted = file.exists()
        file.unlink(missing_ok=True)
    except OSError as error:
        raise KeyringError("no_note", error.strerror or "") from None
    return _within_limit(_remove) or noted


def _note_file() -> Path:
    return files.state_folder() / "saved-site.json"


def _parse(text: str) -> tuple[Note, str]:
    """Return a note, and the secret if there is one with it. Raises ValueError for what `save` can't have written."""
    said = json.loads(text)
    if not (isinstance(said, dict) and all(isinstance(value, str) for value in said.values())):
        raise ValueError("not what was saved")
    way = SignInWay(said.get("way", ""))
    ids = {name: said.get(name, "") for name in NEEDS[way] if name not in SECRETS}
    return Note(said.get("base_url", ""), way, ids), said.get("secret", "")


def _trusted() -> str:
    """Return the keyring's name. Raises `KeyringError` for one that may write a secret into a plain file."""
    import keyring
    from keyring.backends import fail, null

    used = keyring.get_keyring()
    first = next(iter(getattr(used, "backends", ())), used)  # a chain of them saves in its first
    # The library recommends those of 1 and more; these two write nothing.
    if first.priority < 1 and not isinstance(first, fail.Keyring | null.Keyring):
        raise KeyringError("not_recommended", str(first.name))
    return str(used.name)


def _get() -> str | None:
    import keyring

    return keyring.get_password(SERVICE, ENTRY)


def _remove() -> bool:
    import keyring

    if keyring.get_password(SERVICE, ENTRY) is None:
        return False
    keyring.delete_password(SERVICE, ENTRY)
    return True


def _within_limit(work: Callable[[], Found]) -> Found:
    """Do keyring work in a thread that nothing waits for in the end, and wait for it only so long."""
    answer: Future[Found] = Future()

    def run() -> None:
        try:
            # A plug-in that is broken would write its traceback over the screen.
            logging.getLogger("keyring").addHandler(logging.NullHandler())
            answer.set_result(work())
        except KeyringError as failed:
            answer.set_exception(failed)
        except Exception as error:
            # Backends are plug-ins, which raise what they like. Only its name goes on: the rest may hold the entry.
            name = type(error).__name__
            answer.set_exception(KeyringError("no_keyring" if name == "NoKeyringError" else "failed", name))

    threading.Thread(target=run, daemon=True).start()
    try:
        return answer.result(LIMIT_SECONDS)
    except TimeoutError:
        raise KeyringError("waits") from None
