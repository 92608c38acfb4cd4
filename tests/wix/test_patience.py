"""A read is tried again by itself; a request that may have done something never is."""

import pytest

from wizard.wix.errors import BadCertificate, NotFound, Offline, RateLimited, ServerError, WixError, error_for
from wizard.wix.patience import Patience


class Line:
    """Fails with each of the errors in turn, then answers."""

    def __init__(self, *errors: WixError) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.pauses: list[float] = []

    async def call(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    def paused(self, _: WixError, seconds: float) -> None:
        self.pauses.append(seconds)


QUICK = Patience(tries=4, longest=0.001)


def rate_limited(seconds: float) -> RateLimited:
    error = RateLimited(status=429)
    error.retry_after = seconds
    return error


async def test_a_passing_error_is_tried_again_until_it_answers() -> None:
    line = Line(Offline(), ServerError(status=503))
    assert await QUICK.keep(line.call, line.paused) == "answer"
    assert (line.calls, len(line.pauses)) == (3, 2)


async def test_the_last_error_is_raised_when_the_tries_are_used_up() -> None:
    line = Line(Offline(), Offline(), Offline(), ServerError(status=500))
    with pytest.raises(ServerError):
        await QUICK.keep(line.call, line.paused)
    assert line.calls == 4


@pytest.mark.parametrize("error", [NotFound(status=404), BadCertificate(), ServerError(status=501)])
async def test_what_another_try_cannot_change_is_raised_at_once(error: WixError) -> None:
    line = Line(error)
    with pytest.raises(type(error)):
        await QUICK.keep(line.call, line.paused)
    assert line.calls == 1


async def test_retry_after_is_the_pause() -> None:
    line = Line(rate_limited(0.01))
    await Patience().keep(line.call, line.paused)
    assert line.pauses == [0.01]


async def test_retry_after_is_the_pause_of_a_server_that_failed_too() -> None:
    line = Line(error_for(503, {"retry-after": "0"}, b""))
    await QUICK.keep(line.call, line.paused)
    assert line.pauses == [0]


async def test_a_pause_that_would_outlast_the_budget_is_not_begun() -> None:
    line = Line(rate_limited(60))
    with pytest.raises(RateLimited):
        await Patience(budget=45).keep(line.call, line.paused)
    assert line.pauses == []
