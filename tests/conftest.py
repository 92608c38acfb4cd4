"""Fixtures for every test."""

import gc

import pytest

from tests.sites import calendar_server, site

__all__ = ["calendar_server", "site"]


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send the tests that share a server to one worker: starting and warming up one for each would take seconds."""
    for item in items:
        for server in {"sandbox", "calendar_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(server))


def pytest_collection_finish() -> None:
    """Leave alone what is loaded by now: looking through all of it for garbage, again and again, takes seconds."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
