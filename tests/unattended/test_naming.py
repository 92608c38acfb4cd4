"""What a person means by a name: ids, names and types, and what is said when it isn't clear."""

from dataclasses import replace

import pytest

from tests.examples import APPLE, BUSINESS, DANA, FASTMAIL, GOOGLE, HALL, PROVIDERS
from wizard.domain import Calendar, Kind, Provider, Schedule, ScheduleKind
from wizard.unattended import naming
from wizard.unattended.naming import UnclearError

OUTLOOK = replace(GOOGLE, id="outlook-1", name="Outlook or Office 365", kind=Kind.MICROSOFT)
SITE = (BUSINESS, replace(DANA, external_id="dana-abroad"), Schedule("s3", "Élan", ScheduleKind.SERVICE))
HOME, WORK = Calendar("c-home", "Home"), Calendar("c-work", "Work")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("apple", APPLE), ("I_CAL", APPLE), (" Apple ", APPLE), ("FASTMAIL", FASTMAIL), ("town  hall", HALL)]
    + [(text, OUTLOOK) for text in ("outlook", "MICROSOFT", "outlook or office 365", "outlook-1")],
)
def test_a_provider_goes_by_id_name_or_type(text: str, meant: Provider) -> None:
    assert naming.provider((*PROVIDERS, OUTLOOK), text) == meant


@pytest.mark.parametrize(
    ("text", "at"),
    [
        *((name, 0) for name in ("business", "Business", "Business hours")),
        *((name, 1) for name in ("dana", "dana-abroad", "DANA LEVI")),
        ("E\N{COMBINING ACUTE ACCENT}lan", 2),
    ],
)
def test_a_schedule_goes_by_id_external_id_or_name(text: str, at: int) -> None:
    assert naming.schedule(SITE, text) == SITE[at]


def test_business_is_the_business_schedule_even_where_another_is_called_so() -> None:
    other = Schedule("s9", "business", ScheduleKind.STAFF)
    business = replace(BUSINESS, id="s0")
    assert naming.schedule([other, business], "business") == business


def test_an_id_wins_over_a_name_and_a_name_over_one_written_otherwise() -> None:
    a, b, c = (Schedule(key, name, ScheduleKind.STAFF) for key, name in (("1", "x"), ("x", "Y"), ("3", "y")))
    assert naming.schedule([a, b, c], "x") == b
    assert naming.schedule([a, b, c], "y") == c


def test_an_empty_name_means_nothing_that_has_none() -> None:
    with pytest.raises(UnclearError):
        naming.schedule([DANA], "")


def test_several_of_a_name_are_refused_and_told_apart_by_their_ids() -> None:
    two = [replace(DANA, id="s1"), replace(DANA, id="s2")]
    with pytest.raises(UnclearError) as caught:
        naming.schedule(two, "dana levi")
    assert caught.value.what == "schedule"
    assert str(caught.value) == (
        "“dana levi” can mean several schedules: Dana Levi (s1), Dana Levi (s2). Give the ID of one."
    )


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("Levi", r"Dana Levi \(dana\)"),
        ("hana novak", r"Hana Novák \(s4\)"),
        ("Hanna Novac", r"Hana Novák \(s4\)"),
        ("Danna", r"Dana Levi \(dana\), Hana Novák \(s4\)"),
    ],
)
def test_none_of_a_name_names_those_that_have_it_in_theirs_or_are_like_it(text: str, alike: str) -> None:
    hana = Schedule("s4", "Hana Novák", ScheduleKind.STAFF)
    with pytest.raises(UnclearError, match=rf"No schedule is called “{text}”\. Did you mean: {alike}\?$"):
        naming.schedule((*SITE, hana), text)


def test_where_none_is_alike_the_first_ten_are_named_and_what_lists_the_others() -> None:
    with pytest.raises(UnclearError, match="There are: none at all"):
        naming.schedule([], "Dana")
    many = [Schedule(f"s{n}", f"Room {n}", ScheduleKind.OTHER) for n in range(12)]
    more = r"Room 9 \(s9\), and 2 more, which 'calendar-wizard schedules' lists\.$"
    with pytest.raises(UnclearError, match=more):
        naming.schedule(many, "Hall")


def test_what_is_repeated_of_a_name_is_harmless() -> None:
    with pytest.raises(UnclearError, match="called “red”"):
        naming.provider(PROVIDERS, "\x1bred\n")


def test_calendars_go_by_id_or_name_each_once() -> None:
    assert naming.calendars([HOME, WORK], ["work", "c-home", "Work"]) == (WORK, HOME)
    with pytest.raises(UnclearError, match="No calendar is called “Play”"):
        naming.calendars([HOME, WORK], ["Play"])
