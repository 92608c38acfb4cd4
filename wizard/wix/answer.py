"""A successful answer of Wix, and how its parts are taken out: what is missing is empty or a fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from wizard.wix.errors import UnreadableAnswer
from wizard.wix.models import Wire

_Object = TypeVar("_Object", bound=Wire)


@dataclass(frozen=True)
class Answer:
    """The JSON object of an answer. `status` is 200 to 299; `request_id` may be empty."""

    content: Mapping[str, object]
    status: int
    request_id: str

    def one(self, key: str, kind: type[_Object]) -> _Object:
        """Read the object under `key`. Raises UnreadableAnswer when there is none."""
        if not isinstance(self.content.get(key), dict):
            raise self.unreadable(f"the answer has no {key}")
        return self.part(key, kind)

    def part(self, key: str, kind: type[_Object]) -> _Object:
        """Read the object under `key`, or an empty one when there is none."""
        value = self.content.get(key)
        return kind.model_validate(value if isinstance(value, dict) else {})

    def many(self, key: str, kind: type[_Object]) -> list[_Object]:
        """Read the objects under `key`, skipping whatever else is among them; none if it is absent or null.

        Raises UnreadableAnswer when it is something other than a list.
        """
        return [kind.model_validate(value) for value in self._list(key) if isinstance(value, dict)]

    def texts(self, key: str) -> list[str]:
        """Read the strings under `key`, in the same way."""
        return [value for value in self._list(key) if isinstance(value, str)]

    def unreadable(self, what: str) -> UnreadableAnswer:
        """Make the error that says what is wrong with this answer."""
        return UnreadableAnswer(what, status=self.status, request_id=self.request_id)

    def _list(self, key: str) -> list[object]:
        value = self.content.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.unreadable(f"{key} of the answer is not a list")
        return value
