"""The limiters: never more than Wix takes in any minute, also when a run is killed and started again."""

import asyncio
from collections.abc import Callable

import pytest
from aiolimiter import AsyncLimiter

from tests.bulk.hurry import Hurry
from wizard.wix import steady_limiter, wix_limiter


async def _times(limiter: AsyncLimiter, count: int) -> list[float]:
    """Return when requests leave that all wait for their turn, by the loop's clock."""
    times: list[float] = []

    async def leave() -> None:
        await limiter.acquire()
        times.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(leave() for _ in range(count)))
    return times


def busiest_minute(times: list[float]) -> int:
    return max(sum(start <= one < start + 60 for one in times) for start in times)


@pytest.mark.parametrize(("limiter", "runs"), [(wix_limiter, [300]), (steady_limiter, [90, 20, 300])])
def test_no_minute_has_more_than_wix_takes(limiter: Callable[[], AsyncLimiter], runs: list[int]) -> None:
    loop = Hurry()
    times = [one for count in runs for one in loop.run_until_complete(_times(limiter(), count))]
    loop.close()
    assert busiest_minute(times) <= 200


def test_the_steady_one_uses_nearly_all_that_wix_takes() -> None:
    loop = Hurry()
    times = loop.run_until_complete(_times(steady_limiter(), 400))
    loop.close()
    assert times[-1] <= 1.1 * 400 / 200 * 60
