"""The rate limit: 200 requests in any minute for each app instance or other way of signing in."""

import math
import threading
from collections import defaultdict, deque

from wizard.sandbox.errors import ApiError

REQUESTS = 200
"""How many requests a window takes."""
WINDOW = 60.0
"""The sliding window's length in seconds."""


class RateLimit:
    """A sliding window for each caller, in memory. Requests that are turned away do not count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, caller: str, now: float) -> None:
        """Count one request of `caller` at `now` (seconds).

        Raises:
            ApiError: 429 with Retry-After in whole seconds when the window is full.

        """
        with self._lock:
            times = self._times[caller]
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= REQUESTS:
                wait = max(1, math.ceil(times[0] + WINDOW - now))
                raise ApiError(429, headers={"retry-after": str(wait)})
            times.append(now)
