"""What every test may use: the fixtures, and hypothesis' profiles. Only processes that run tests load it."""

from hypothesis import settings

from tests.commands import desk
from tests.keyrings import memory
from tests.line import line
from tests.sites import calendar_server, paper, site

__all__ = ["calendar_server", "desk", "line", "memory", "paper", "site"]

# No test is about time, so none has a deadline. `--hypothesis-profile=long` is for an hour without people.
settings.register_profile("quick", max_examples=25, stateful_step_count=15, deadline=None)
settings.register_profile("long", max_examples=8_000, deadline=None)
settings.load_profile("quick")
