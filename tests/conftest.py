"""Fixtures for every test."""

import gc

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key
from hypothesis import settings

from tests.commands import desk
from tests.keyrings import memory
from tests.line import line
from tests.sites import calendar_server, paper, site

__all__ = ["calendar_server", "desk", "line", "memory", "paper", "site"]

# No test is about time, so none has a deadline. `--hypothesis-profile=long` is for an hour without people.
settings.register_profile("quick", max_examples=40, stateful_step_count=15, deadline=None)
settings.register_profile("long", max_examples=5_000, deadline=None)
settings.load_profile("quick")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send the tests that share a process to one worker: starting and warming up one for each would take seconds.

    `start` has a process that the programs are forked from; most of its tests need the sandbox, too, and go with that.
    """
    for item in items:
        needed = getattr(item, "fixturenames", ())
        shared = next((one for one in ("sandbox", "calendar_server", "start") if one in needed), None)
        if shared:
            item.add_marker(pytest.mark.xdist_group(shared))


def pytest_collection_finish() -> None:
    """Leave alone what is loaded by now: looking through all of it for garbage, again and again, takes seconds."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """At the end look once for objects that were left open, in each worker; five times would take seconds."""
    config.stash[gc_collect_iterations_key] = 1
