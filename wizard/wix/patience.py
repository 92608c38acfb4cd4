"""Trying a safe read again by itself, with growing pauses, for as long as a person would wait."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from wizard.wix.errors import BadCertificate, Offline, ProxyFailed, RateLimited, ServerError, TimedOut, WixError

Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Patience:
    """How often (`tries`, at least 1) and for how long in all (`budget`, seconds) a read is tried.

    A pause is what `Retry-After` asks for, or random up to 1, 2, 4 … seconds (full jitter), `longest` at most. A pause
    that would end after the budget is not begun.
    """

    tries: int = 4
    budget: float = 45.0
    longest: float = 8.0

    async def keep(
        self, call: Callable[[], Awaitable[Answered]], on_pause: Callable[[WixError, float], None]
    ) -> Answered:
        """Make the call until it answers, and tell `on_pause` the error and the seconds before each new try.

        Raises the last WixError when the patience is at its end, and at once what another try can't change.
        """
        grows = wait_random_exponential(multiplier=0.5, max=self.longest)

        def pause(state: RetryCallState) -> float:
            error = state.outcome and state.outcome.exception()
            asked = error.retry_after if isinstance(error, RateLimited | ServerError) else None
            return grows(state) if asked is None else asked

        def tell(state: RetryCallState) -> None:
            error = state.outcome and state.outcome.exception()
            if isinstance(error, WixError) and state.next_action:
                on_pause(error, state.next_action.sleep)

        async def once() -> Answered:  # tenacity awaits only what is declared async
            return await call()

        return await AsyncRetrying(
            retry=retry_if_exception(_passes),
            stop=stop_after_attempt(self.tries) | stop_before_delay(self.budget),
            wait=pause,
            before_sleep=tell,
            reraise=True,
        )(once)


ONCE = Patience(tries=1)
"""No patience: for requests that may have done something, and for tests."""


def _passes(error: BaseException) -> bool:
    """Whether the same read may well succeed a moment later."""
    lasting = isinstance(error, BadCertificate | ProxyFailed) or (
        isinstance(error, ServerError) and error.status == 501
    )
    return isinstance(error, Offline | TimedOut | ServerError | RateLimited) and not lasting
