"""What a run of the tests costs beside the tests: who loads what, who runs what. The fixtures are in `kit`."""

import atexit
import gc
import os
from collections.abc import Generator

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key

gc.disable()  # until all is loaded, see below: what a file of tests makes is there to stay
atexit.register(gc.freeze)  # the process ends anyway: without, Python looks through everything once more, for a second

LONGEST = {"journeys", "sandbox", "tui", "test_fault_matrix.py", "test_flow.py", "test_models.py", "test_readme.py"}
"""The directories and files that go first, so that no worker is left alone with a long file at the end."""
MOST_CHARACTERS = 80
"""How many of a parameter are in a test's name."""
WISHES = {"ACCESSIBLE", "FORCE_COLOR", "NO_COLOR"}
"""The variables by which people say how they want programs to be."""


@pytest.hookimpl(tryfirst=True)  # before hypothesis looks for its profile
def pytest_configure(config: pytest.Config) -> None:
    """Load the kit, but not where tests are only handed out to workers: they would start a second later."""
    # At the end look once for objects that were left open, in each worker; five times would take seconds.
    config.stash[gc_collect_iterations_key] = 1
    if config.getoption("dist") == "no" or config.getoption("--hypothesis-profile"):
        _forget_wishes()
        config.pluginmanager.import_plugin("tests.kit")
    else:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # for the workers, which don't look at `addopts`


def _forget_wishes() -> None:
    """Leave out of the environment what whoever runs the tests wants of programs, and their own Wix site."""
    for name in [one for one in os.environ if one in WISHES or one.startswith("WIX_")]:
        del os.environ[name]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let each worker begin with another file: in a fresh clone each then finds what the others have compiled.

    Rewriting a file's asserts takes longer than importing it, and workers that began with the same file would do the
    same work at the same time.
    """
    report = yield
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and isinstance(collector, pytest.Directory):
        first = len(report.result) * int(worker.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        report.result = [*report.result[first:], *report.result[:first]]
    return report


def pytest_make_parametrize_id(val: object) -> str | None:
    """Shorten what is long: each name is sent to and fro between the workers, and one had a megabyte."""
    if not isinstance(val, str | bytes) or len(val) <= MOST_CHARACTERS:
        return None
    return f"{val[:MOST_CHARACTERS]!r}..."


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send the tests of a file to one worker, and all tests that share something: one by one takes seconds more.

    `start` has a process that the programs are forked from; most of its tests need the sandbox, too, and go with that.
    hypothesis reads all our modules once, for values to try.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: (LONGEST.isdisjoint(item.path.parts), item.path))
    for item in items:
        needed = getattr(item, "fixturenames", ())
        shared = next((one for one in ("sandbox", "calendar_server", "start") if one in needed), None)
        if item.get_closest_marker("hypothesis") or getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            shared = "hypothesis"
        item.add_marker(pytest.mark.xdist_group(shared or item.path.stem))


def pytest_collection_finish() -> None:
    """Leave alone what is loaded by now: looking through all of it for garbage, again and again, takes seconds."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
