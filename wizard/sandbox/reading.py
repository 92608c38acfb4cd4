"""Reading a call's fields. Every fault is collected, so one 400 names all the violations at once."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from wizard.sandbox.errors import invalid, violation

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# RFC 3339, 5.6: seconds and an offset are required, a fraction is not.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

MAX_IDS = 100
"""How many ids one list may hold."""


class Fields:
    """A JSON object under reading. Readers return a harmless value for a faulty field; `check` then raises for all."""

    def __init__(
        self, values: Mapping[str, object], prefix: str = "", violations: list[dict[str, object]] | None = None
    ) -> None:
        self._values = values
        self._prefix = prefix
        self._violations: list[dict[str, object]] = [] if violations is None else violations

    def check(self) -> None:
        """Raise a 400 that names every violation so far, if there is one."""
        if self._violations:
            raise invalid(self._violations)

    def fault(self, name: str, description: str, rule: str, **data: object) -> None:
        """Record a violation of the named field."""
        self._violations.append(violation(self._prefix + name, description, rule, **data))

    def names(self) -> list[str]:
        """Return the names of the fields that are present."""
        return list(self._values)

    def has(self, name: str) -> bool:
        """Say whether the field is there and not null."""
        return self._values.get(name) is not None

    def raw(self, name: str) -> object:
        """Return the field as it came, None if it is absent."""
        return self._values.get(name)

    def text(self, name: str, longest: int = 2000) -> str:
        """Read a required, non-empty string of at most `longest` characters."""
        value = self._values.get(name)
        if value is None or value == "":
            self.fault(name, "must not be empty", "REQUIRED_FIELD")
        elif not isinstance(value, str):
            self.fault(name, "must be a string", "FORMAT")
        elif len(value) > longest:
            self.fault(name, f"must have at most {longest} characters", "MAX_LENGTH", threshold=longest)
        elif not _is_unicode(value):
            self.fault(name, "must be valid Unicode", "FORMAT")
        else:
            return value
        return ""

    def guid(self, name: str) -> str:
        """Read a required GUID; it is returned in lower case."""
        value = self.text(name)
        if value and not _GUID.fullmatch(value):
            self.fault(name, "must be a GUID", "FORMAT", format="GUID")
        return value.lower()

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """Read a required string that must be one of `allowed`."""
        value = self.text(name)
        if value and value not in allowed:
            self.fault(name, f"must be one of {', '.join(allowed)}", "FORMAT", allowed=list(allowed))
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Read a boolean; it is required when there is no default."""
        value = self._values.get(name)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.fault(name, "must be true or false", "FORMAT")
        elif default is None:
            self.fault(name, "must not be empty", "REQUIRED_FIELD")
        return bool(default)

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """Read an optional whole number in `low` to `high`, both included."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, "must be a whole number", "FORMAT")
        elif value < low:
            self.fault(name, f"must be at least {low}", "MIN", threshold=low)
        elif value > high:
            self.fault(name, f"must be at most {high}", "MAX", threshold=high)
        else:
            return value
        return default

    def inner(self, name: str) -> "Fields":
        """Read an optional object; an absent or faulty one reads as empty."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            self.fault(name, "must be an object", "FORMAT")
        return Fields(value if isinstance(value, dict) else {}, f"{self._prefix}{name}.", self._violations)

    def objects(self, name: str) -> list["Fields"]:
        """Read an optional list of at most 100 objects."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, list) or not all(isinstance(one, dict) for one in value)):
            self.fault(name, "must be a list of objects", "FORMAT")
        elif isinstance(value, list):
            self._limit(name, value)
            places = enumerate(value[:MAX_IDS])
            return [Fields(one, f"{self._prefix}{name}[{place}].", self._violations) for place, one in places]
        return []

    def strings(self, name: str) -> list[str]:
        """Read an optional list of at most 100 strings."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, list) or not all(isinstance(one, str) for one in value)):
            self.fault(name, "must be a list of strings", "FORMAT")
        elif isinstance(value, list):
            self._limit(name, value)
            return [str(one) for one in value]
        return []

    def guids(self, name: str) -> list[str]:
        """Read an optional list of at most 100 GUIDs; they are returned in lower case."""
        values = self.strings(name)
        for place, value in enumerate(values):
            if not _GUID.fullmatch(value):
                self.fault(f"{name}[{place}]", "must be a GUID", "FORMAT", format="GUID")
        return [value.lower() for value in values]

    def instant(self, name: str) -> datetime | None:
        """Read a required RFC 3339 time with its offset."""
        value = self.text(name)
        if not value:
            return None
        try:
            if not _INSTANT.fullmatch(value):
                raise ValueError
            return datetime.fromisoformat(value.upper())
        except ValueError:
            self.fault(name, "must be a time of RFC 3339 with an offset", "FORMAT", format="date-time")
            return None

    def _limit(self, name: str, values: list[object]) -> None:
        if len(values) > MAX_IDS:
            self.fault(name, f"must have at most {MAX_IDS} items", "MAX_SIZE", threshold=MAX_IDS)


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def body(raw: bytes) -> Fields:
    """Read a JSON object from a request's body.

    Raises:
        ApiError: 400 when the body is not UTF-8 JSON or not an object.

    """
    try:
        value = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise invalid([violation("body", "must be JSON", "FORMAT")]) from None
    if not isinstance(value, dict):
        raise invalid([violation("body", "must be a JSON object", "FORMAT")])
    return Fields(value)


def query(raw: bytes, lists: Collection[str], wholes: Collection[str] = (), flags: Collection[str] = ()) -> Fields:
    """Read a query string: `lists` may repeat, `wholes` are whole numbers, `flags` true or false; others are strings.

    Texts that are no number or flag stay strings, so that their reader reports them.
    """
    values: dict[str, object] = {}
    repeated: set[str] = set()
    for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
        if name in lists:
            known = values.setdefault(name, [])
            if isinstance(known, list):
                known.append(value)
            continue
        if name in values:
            repeated.add(name)
        if name in wholes and re.fullmatch(r"-?[0-9]{1,9}", value):
            values[name] = int(value)
        elif name in flags and value in {"true", "false"}:
            values[name] = value == "true"
        else:
            values[name] = value
    fields = Fields(values)
    for name in sorted(repeated):
        fields.fault(name, "must be given once", "FORMAT")
    return fields
