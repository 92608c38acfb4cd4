"""Cursors of the paged calls: the whole question travels in them, signed, so that the site remembers nothing."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from wizard.sandbox.errors import invalid, violation

AGAIN: ContextVar[str] = ContextVar("again", default="")
"""Set by a fault: the next page is the first one again, under a cursor that holds this."""


def write(secret: str, kind: str, question: Mapping[str, object]) -> str:
    """Return an opaque cursor for a question of the given kind of call."""
    wire = json.dumps(question, separators=(",", ":"), sort_keys=True).encode()
    text = base64.urlsafe_b64encode(wire).decode().rstrip("=")
    return f"{text}.{_signature(secret, kind, text)}"


def read(secret: str, kind: str, cursor: str, field: str) -> dict[str, Any]:
    """Return the question inside a cursor; `field` names the cursor in the error.

    Raises:
        ApiError: 400 when this site did not write the cursor for this kind of call.

    """
    text, _, signature = cursor.rpartition(".")
    expected = _signature(secret, kind, text)
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        raise invalid([violation(field, "is not a cursor of this call", "FORMAT")])
    question: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return question


def _signature(secret: str, kind: str, text: str) -> str:
    message = f"{kind}:{text}".encode("utf-8", "replace")
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def paging(
    secret: str, kind: str, question: Mapping[str, object], offset: int, limit: int, total: int, count: int
) -> dict[str, object]:
    """Return `pagingMetadata`: count, cursors {next, prev} where there are such pages, hasNext."""
    found = {}
    if again := AGAIN.get():
        found["next"] = write(secret, kind, {**question, "offset": 0, "again": again})
    elif offset + count < total:
        found["next"] = write(secret, kind, {**question, "offset": offset + count})
    if offset > 0:
        found["prev"] = write(secret, kind, {**question, "offset": max(0, offset - limit)})
    return {"count": count, "cursors": found, "hasNext": "next" in found}
