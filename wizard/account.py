"""What an account's email and password look like, so that a mistake is said before anything is sent."""

from __future__ import annotations

import re

from wizard import texts
from wizard.domain import Kind
from wizard.inert import inert

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_APPLE_PASSWORD = re.compile(r"[a-z]{4}(-[a-z]{4}){3}|[a-z]{16}")


def email_problem(email: str) -> str:
    """Say what is wrong with an email address; nothing if it can be sent."""
    if not email:
        return texts.EMAIL_MISSING
    fits = _EMAIL.fullmatch(email) and email.isprintable()
    return "" if fits else texts.EMAIL_SHAPE.format(email=inert(email))


def password_problem(password: str) -> str:
    """Say what is wrong with a password; nothing if it can be sent."""
    return "" if password else texts.PASSWORD_MISSING


def password_doubt(kind: Kind, password: str) -> str:
    """Say why a password looks like the wrong one; the person may know better and send it."""
    fits = kind is not Kind.APPLE or _APPLE_PASSWORD.fullmatch(password)
    return "" if fits else texts.APPLE_PASSWORD_SHAPE
