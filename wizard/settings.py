"""Which site, and how to sign in to it: the command line's options over the environment.

What `calendar-wizard site --save` keeps comes after both; `wizard/saved.py` says when.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wizard import texts
from wizard.domain import Fault, SignIn, SignInWay
from wizard.exits import UsageError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

DEFAULT_BASE_URL = "https://www.wixapis.com"
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_VISIBLE = re.compile(r"[!-~]{1,2000}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IN_ADDRESS = re.compile(rf"/dashboard/({_GUID.pattern})")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

NEEDS: dict[SignInWay, tuple[str, ...]] = {
    SignInWay.API_KEY: ("site_id", "api_key"),
    SignInWay.ACCESS_TOKEN: ("site_id", "access_token"),
    SignInWay.APP: ("app_id", "app_secret", "instance_id"),
}
"""What each way of signing in asks for, in the order of asking."""
SECRETS = frozenset({"api_key", "access_token", "app_secret"})
VARIABLES = {
    "site_id": "WIX_SITE_ID",
    "api_key": "WIX_API_KEY",
    "access_token": "WIX_ACCESS_TOKEN",
    "app_id": "WIX_APP_ID",
    "app_secret": "WIX_APP_SECRET",
    "instance_id": "WIX_INSTANCE_ID",
}
KEY_FILE = "WIX_API_KEY_FILE"
"""Names a file that holds the API key; WIX_API_KEY stands before it."""
KEY_FILE_BYTES = 64 * 1024
"""The largest such file: a key has about a thousand characters, so a larger one is another file."""


@dataclass(frozen=True)
class Settings:
    """One run's settings. Secrets stay in `known` and are only read by `sign_in`, never shown in a repr."""

    base_url: str = DEFAULT_BASE_URL
    redirect_url: str | None = None
    open_browser: bool = True
    sandbox: bool = False
    data: Path | None = None
    receipt: Path | None = None
    log_file: Path | None = None
    known: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: Mapping[str, str] = field(default_factory=lambda: VARIABLES, repr=False)
    """Which variable each known value is from."""

    @property
    def way(self) -> SignInWay | None:
        """The first way of signing in for which everything is known."""
        return next((way for way, names in NEEDS.items() if all(self.known.get(n) for n in names)), None)

    def sign_in(self) -> SignIn | None:
        """Return the sign-in that the settings suffice for, or None. Imports pydantic."""
        return make_sign_in(self.way, self.known) if self.way else None

    def no_sign_in(self) -> Fault:
        """Return why there is none: what is missing beside a secret that is there, if one is."""
        for names in NEEDS.values():
            secret = next(name for name in names if name in SECRETS)
            if self.known.get(secret):
                missing = " and ".join(VARIABLES[name] for name in names if not self.known.get(name))
                words = texts.SITE_PART.format(given=self.sources[secret], missing=missing)
                return Fault("sign_in_incomplete", message=words)
        return Fault("sign_in_missing")

    def place(self, site: str) -> str:
        """Return what tells a site from others in journals; empty where nothing can be gone on with later.

        `site` is the site's ID or the app instance's, empty where it isn't known.
        """
        if self.sandbox:
            return f"sandbox {self.data.resolve()}" if self.data else ""
        return f"{self.base_url} {site}" if site else ""


def given(name: str, value: str) -> str:
    """Return the value that was given for a field of `NEEDS`: a site's ID also by the address of its dashboard.

    What tells sites apart is in small letters from here on, so that nothing takes a site for another one.
    """
    found = _IN_ADDRESS.search(value) if name == "site_id" else None
    said = found[1] if found else value.strip()
    return said.lower() if name in ("site_id", "instance_id") else said


def problem(name: str, value: str) -> str:
    """Say what is wrong with a value that was typed for a field of `NEEDS`; nothing if it can be sent."""
    label, where = texts.SITE_FIELD[name]
    if not value:
        return texts.SITE_MISSING.format(label=label, where=where)
    if name not in SECRETS and not _GUID.fullmatch(value):
        return texts.SITE_NOT_GUID.format(label=label)
    return ""


def make_sign_in(way: SignInWay, values: Mapping[str, str]) -> SignIn:
    """Return the sign-in of this `way` from field values named as in `NEEDS`. Imports pydantic."""
    from pydantic import SecretStr

    secret = next(name for name in NEEDS[way] if name in SECRETS)
    return SignIn(
        way=way,
        secret=SecretStr(values.get(secret, "")),
        site_id=values.get("site_id", ""),
        app_id=values.get("app_id", ""),
        instance_id=values.get("instance_id", ""),
    )


def read(options: Namespace, environment: Mapping[str, str]) -> Settings:
    """Return the settings; raises `UsageError` for a URL, a key file or a receipt's file that can't be used."""
    known = {name: given(name, environment.get(variable, "")) for name, variable in VARIABLES.items()}
    sources = dict(VARIABLES)
    # The embedded site has its own key, so there a file that can't be read is in nobody's way.
    if not known["api_key"] and environment.get(KEY_FILE) and not options.sandbox:
        known["api_key"], sources["api_key"] = _key_in(Path(environment[KEY_FILE])), KEY_FILE
    if options.site_id:
        known["site_id"] = given("site_id", options.site_id)
    if options.base_url is not None:
        base_url = _checked_base_url("--base-url", options.base_url.strip())
    else:
        base_url = _checked_base_url("WIX_BASE_URL", environment.get("WIX_BASE_URL", "").strip() or DEFAULT_BASE_URL)
    return Settings(
        base_url=base_url,
        redirect_url=_checked_redirect_url(options.redirect_url),
        open_browser=not options.no_browser,
        sandbox=options.sandbox,
        data=Path(options.data) if options.data else None,
        receipt=_checked_receipt(options.receipt),
        log_file=Path(options.log_file) if options.log_file is not None else None,
        known=known,
        sources=sources,
    )


def _key_in(file: Path) -> str:
    """Return what the file holds. The errors don't say its name either: it may be the key itself, set by mistake."""
    accepted = f"give a text file of at most {KEY_FILE_BYTES // 1024} KiB that holds nothing but the API key"
    try:
        with file.open("rb") as opened:
            content = opened.read(KEY_FILE_BYTES + 1)
        key = content.decode("utf-8-sig").strip()  # Windows' editors like to begin with a mark
    except OSError as error:
        raise UsageError(f"{KEY_FILE}: the file can't be read ({error.strerror}); {accepted}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{KEY_FILE}: the file isn't text; {accepted}") from None
    if len(content) > KEY_FILE_BYTES:
        raise UsageError(f"{KEY_FILE}: the file is too large; {accepted}")
    if not key:
        raise UsageError(f"{KEY_FILE}: the file is empty; {accepted}")
    return key


def _checked_base_url(source: str, url: str) -> str:
    if "@" in url:
        raise UsageError(f"{source}: give no name or password in it, only scheme, host, port and path")
    no_url = UsageError(f"{source}: {url!r} is not a URL; give one like {DEFAULT_BASE_URL}")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises for a port that isn't one
    except ValueError:
        raise no_url from None
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host) or not _VISIBLE.fullmatch(url):
        raise no_url
    if parts.scheme == "http" and host not in LOOPBACK:
        raise UsageError(f"{source}: only https is accepted, because the sign-in goes there (http for loopback only)")
    if parts.query or parts.fragment:
        raise UsageError(f"{source}: give only scheme, host, port and path")
    return url.rstrip("/")


def _checked_redirect_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError(f"--redirect-url: {url!r} is not a URL; give one like http://127.0.0.1:8711/back")
    return url.strip()


def _checked_receipt(name: str | None) -> Path | None:
    if name is None:
        return None
    path = Path(name)
    if not path.name or not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"--receipt: {name!r} can't be written; give the name of a new file in a folder of yours")
    if os.path.lexists(path):
        raise UsageError(f"--receipt: {name!r} exists already; give the name of a new file")
    return path
