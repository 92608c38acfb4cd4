"""Plain examples of the wizard's own things, for tests that need no site."""

from hypothesis import strategies as st

from wizard.answers import Answers
from wizard.domain import Connection, Export, Import, Kind, Method, Provider, Schedule, ScheduleKind, Status

GOOGLE = Provider("google", "Google", Kind.GOOGLE, (Method.OAUTH,), Import.PRIMARY, Export.PRIMARY)
APPLE = Provider("apple", "Apple", Kind.APPLE, (Method.CREDENTIALS,), Import.CHOSEN, Export.DEDICATED)
FASTMAIL = Provider("fastmail", "Fastmail", Kind.OTHER, (Method.OAUTH, Method.CREDENTIALS), Import.PRIMARY, Export.NONE)
HALL = Provider("hall", "Town hall", Kind.OTHER, (), Import.NONE, Export.NONE)
PROVIDERS = (GOOGLE, APPLE, FASTMAIL, HALL)

BUSINESS = Schedule("business", "business", ScheduleKind.BUSINESS, "America/New_York")
DANA = Schedule("dana", "Dana Levi", ScheduleKind.STAFF, "America/New_York")
SCHEDULES = (BUSINESS, DANA)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that can be sent. `st.text()` is the same, but takes a second to find out what that is in a fresh clone."""


def connection(provider: Provider, schedule: Schedule, status: Status = Status.CONNECTED) -> Connection:
    """Return a connection of the provider to the schedule."""
    return Connection(f"{provider.id} to {schedule.id}", provider.id, provider.kind.value, schedule.id, status=status)


def answered(provider: Provider, method: Method | None = None, *, connected: bool = False) -> Answers:
    """Return what somebody answered who chose the provider and Dana's schedule."""
    answers = Answers().with_provider(provider).with_schedule(DANA).with_email("dana@example.com")
    if method:
        answers = answers.with_method(method)
    return answers.with_connection(connection(provider, DANA)) if connected else answers
