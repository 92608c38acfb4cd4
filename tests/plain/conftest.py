"""The site that the plain front's tests are at."""

from collections.abc import Iterator

import pytest

from tests.sites import InProcessSite, paper_site


@pytest.fixture
def paper() -> Iterator[InProcessSite]:
    """A fresh site without a calendar server."""
    with paper_site() as opened:
        yield opened
