from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from statemachine.exceptions import TransitionNotAllowed

from tests.examples import APPLE, DANA, FASTMAIL, GOOGLE, HALL, PROVIDERS, SCHEDULES, answered, connection
from wizard.answers import Answers
from wizard.domain import Method, Provider, Schedule, Status, Sync
from wizard.flow import ENDS, SCREENS, Flow

EVENTS = ("next", "back", "retry", "see_connections", "reconnect", "see_events", "another", "cancel", "give_up")


@dataclass(frozen=True)
class Situation:
    """What the guards look at."""

    answers: Answers
    asks_site: bool = True


BROKEN = replace(connection(APPLE, DANA), status=Status.ERROR)
IN_ITS_PLACE = replace(connection(APPLE, DANA), id="new")
REVIEWED = Answers.about(connection(APPLE, DANA), APPLE, DANA).with_connection(connection(APPLE, DANA))
REPLACED = Answers.about(BROKEN, APPLE, DANA).with_connection(IN_ITS_PLACE)
SITUATIONS = {
    "no method": Situation(answered(FASTMAIL)),
    "by password": Situation(answered(APPLE)),
    "by password, connected": Situation(answered(APPLE, connected=True)),
    "by password, broken": Situation(answered(APPLE, connected=True).with_connection(BROKEN)),
    "by browser": Situation(answered(GOOGLE)),
    "by browser, connected": Situation(answered(GOOGLE, connected=True)),
    "site known": Situation(Answers(), asks_site=False),
    "reviewing": Situation(REVIEWED),
    "reviewing, by one of two ways": Situation(
        Answers.about(connection(FASTMAIL, DANA), FASTMAIL, DANA).with_connection(connection(FASTMAIL, DANA))
    ),
    "reviewing, gone": Situation(REVIEWED.with_connection(None)),
    "reconnecting by password": Situation(Answers.about(BROKEN, APPLE, DANA)),
    "reconnecting by browser": Situation(Answers.about(connection(GOOGLE, DANA), GOOGLE, DANA)),
    "reconnected": Situation(REPLACED),
}

Guard = Callable[[Situation], bool]


def always(_: Situation) -> bool:
    return True


def site_asked(now: Situation) -> bool:
    return now.asks_site


def method_known(now: Situation) -> bool:
    return now.answers.method is not None


def by_password(now: Situation) -> bool:
    return now.answers.method is Method.CREDENTIALS


def by_browser(now: Situation) -> bool:
    return now.answers.method is Method.OAUTH


def connected(now: Situation) -> bool:
    return now.answers.connection is not None and now.answers.connection.status.healthy


def unconnected(now: Situation) -> bool:
    return not connected(now)


def about_existing(now: Situation) -> bool:
    return now.answers.existing is not None


def about_a_new_one(now: Situation) -> bool:
    return not about_existing(now)


def reviewing(now: Situation) -> bool:
    made, existing = now.answers.connection, now.answers.existing
    return made is not None and existing is not None and made.id == existing.id


def nothing_new(now: Situation) -> bool:
    return about_existing(now) and (now.answers.connection is None or reviewing(now))


def by_password_and_new(now: Situation) -> bool:
    return by_password(now) and not nothing_new(now)


def by_browser_and_new(now: Situation) -> bool:
    return by_browser(now) and not nothing_new(now)


CHART: list[tuple[str, str, Guard, str]] = [
    ("site", "next", always, "provider"),
    ("site", "retry", always, "site"),
    ("provider", "next", always, "method"),
    ("provider", "back", site_asked, "site"),
    ("provider", "retry", always, "provider"),
    ("provider", "see_connections", always, "connections"),
    ("connections", "next", reviewing, "review"),
    ("connections", "reconnect", by_password, "credentials"),
    ("connections", "reconnect", by_browser, "authorize"),
    ("connections", "back", always, "provider"),
    ("connections", "retry", always, "connections"),
    ("method", "next", method_known, "schedule"),
    ("method", "back", always, "provider"),
    ("schedule", "next", by_password, "credentials"),
    ("schedule", "next", by_browser, "authorize"),
    ("schedule", "back", always, "method"),
    ("schedule", "retry", always, "schedule"),
    ("credentials", "next", always, "review"),
    ("credentials", "back", about_a_new_one, "schedule"),
    ("credentials", "back", about_existing, "connections"),
    ("credentials", "retry", always, "credentials"),
    ("authorize", "next", always, "review"),
    ("authorize", "back", about_a_new_one, "schedule"),
    ("authorize", "back", about_existing, "connections"),
    ("authorize", "retry", always, "authorize"),
    ("review", "next", always, "done"),
    ("review", "back", by_password_and_new, "credentials"),
    ("review", "back", by_browser_and_new, "authorize"),
    ("review", "back", nothing_new, "connections"),
    ("review", "retry", always, "review"),
    ("done", "next", connected, "finished"),
    ("done", "back", always, "review"),
    ("done", "retry", always, "done"),
    ("done", "see_events", always, "events"),
    ("done", "another", always, "provider"),
    ("events", "back", always, "done"),
    ("events", "retry", always, "events"),
]
CHART += [
    (state, event, guard, target)
    for state in SCREENS
    for event, guard, target in (
        ("cancel", connected, "finished"),
        ("cancel", unconnected, "left"),
        ("give_up", unconnected, "failed"),
    )
]


@pytest.mark.parametrize(
    ("state", "event", "guard", "target"),
    CHART,
    ids=[f"{state}-{event}-{guard.__name__}" for state, event, guard, _ in CHART],
)
def test_an_edge_leads_where_the_chart_says(state: str, event: str, guard: Guard, target: str) -> None:
    for now in filter(guard, SITUATIONS.values()):
        flow = Flow(now.answers, asks_site=now.asks_site, start=state)
        flow.send(event)
        assert flow.state == target


@pytest.mark.parametrize("state", [*SCREENS, *ENDS])
def test_what_the_chart_does_not_name_is_refused_and_changes_nothing(state: str) -> None:
    flow = Flow(start=state)
    for now in SITUATIONS.values():
        flow.answers, flow.asks_site = now.answers, now.asks_site
        for event in EVENTS:
            named = any((state, event) == row[:2] and row[2](now) for row in CHART)
            assert flow.can(event) == named
            if not named:
                with pytest.raises(TransitionNotAllowed):
                    flow.send(event)
                assert flow.state == state


def test_the_chart_knows_no_other_events() -> None:
    assert {str(event.id) for event in Flow().events} == set(EVENTS)


def test_a_run_begins_at_the_site_unless_that_is_known() -> None:
    assert Flow().state == "site"
    assert Flow(asks_site=False).state == "provider"


@pytest.mark.parametrize("end", ENDS)
def test_an_end_is_the_end(end: str) -> None:
    flow = Flow(start=end)
    assert flow.is_over
    assert not any(map(flow.can, EVENTS))


@pytest.mark.parametrize("state", SCREENS)
def test_a_screen_is_not_the_end(state: str) -> None:
    assert not Flow(start=state).is_over


@pytest.mark.parametrize("asks_site", [True, False])
@pytest.mark.parametrize("answers", [answered(APPLE), answered(GOOGLE)], ids=["by password", "by browser"])
def test_next_then_back_is_the_same_place_with_the_same_answers(answers: Answers, asks_site: bool) -> None:
    flow = Flow(answers, asks_site=asks_site)
    while flow.state != "done":
        before = flow.state
        flow.send("next")
        after = flow.state
        if (before, asks_site) != ("site", False):
            flow.send("back")
            assert (flow.state, flow.answers) == (before, answers)
            flow.send("next")
        assert flow.state == after


@pytest.mark.parametrize("provider", [APPLE, GOOGLE], ids=["by password", "by browser"])
def test_reconnecting_goes_from_the_list_to_done_and_each_step_back_again(provider: Provider) -> None:
    about = Answers.about(connection(provider, DANA), provider, DANA)
    flow = Flow(about, start="connections")
    flow.send("reconnect")
    flow.send("back")
    assert (flow.state, flow.answers) == ("connections", about)
    flow.send("reconnect")
    signing_in = flow.state
    flow.answers = about.with_connection(replace(connection(provider, DANA), id="new"))
    flow.send("next")
    flow.send("back")
    assert flow.state == signing_in
    flow.send("next")
    flow.answers = flow.answers.reviewed()
    flow.send("next")
    assert flow.state == "done"
    flow.send("back")
    flow.send("back")
    assert flow.state == "connections"


def test_a_provider_without_methods_is_a_dead_end_with_ways_out() -> None:
    flow = Flow(Answers().with_provider(HALL), start="method")
    assert {event for event in EVENTS if flow.can(event)} == {"back", "cancel", "give_up"}


# The answers


def test_an_only_method_is_detected() -> None:
    assert Answers().with_provider(APPLE).method is Method.CREDENTIALS


def test_of_two_methods_none_is_chosen_beforehand() -> None:
    assert Answers().with_provider(FASTMAIL).method is None


def test_another_provider_keeps_the_method_if_it_offers_that() -> None:
    assert answered(GOOGLE).with_provider(FASTMAIL).method is Method.OAUTH


@pytest.mark.parametrize(("provider", "method"), [(APPLE, Method.CREDENTIALS), (HALL, None)])
def test_another_provider_drops_a_method_that_it_does_not_offer(provider: Provider, method: Method | None) -> None:
    assert answered(GOOGLE).with_provider(provider).method is method


def test_another_provider_drops_the_connection_and_keeps_schedule_and_email() -> None:
    changed = answered(APPLE, connected=True).with_provider(GOOGLE)
    assert (changed.connection, changed.schedule, changed.email) == (None, DANA, "dana@example.com")


def test_the_same_provider_again_drops_nothing() -> None:
    before = answered(FASTMAIL, Method.CREDENTIALS, connected=True)
    assert before.with_provider(FASTMAIL) == before


def test_another_schedule_drops_only_the_connection() -> None:
    before = answered(APPLE, connected=True)
    after = before.with_schedule(SCHEDULES[0])
    assert after == before.with_connection(None).with_schedule(SCHEDULES[0])
    assert (after.provider, after.method, after.email) == (APPLE, Method.CREDENTIALS, "dana@example.com")


def test_the_same_schedule_again_drops_nothing() -> None:
    before = answered(APPLE, connected=True)
    assert before.with_schedule(DANA) == before


def test_another_method_keeps_the_connection() -> None:
    before = answered(FASTMAIL, Method.CREDENTIALS, connected=True)
    assert before.with_method(Method.OAUTH).connection == before.connection


def test_a_connection_from_before_answers_everything_but_which_of_two_ways_it_took() -> None:
    broken = replace(BROKEN, email="dana@example.com")
    assert Answers.about(broken, APPLE, DANA) == replace(answered(APPLE), existing=broken)
    assert Answers.about(broken, FASTMAIL, DANA).method is None


def test_choosing_a_provider_is_about_a_new_connection() -> None:
    assert REPLACED.with_provider(APPLE) == replace(REPLACED, existing=None)


def test_what_took_anothers_place_is_the_existing_one_once_it_is_reviewed() -> None:
    assert REPLACED.reviewed().existing == IN_ITS_PLACE
    assert answered(APPLE, connected=True).reviewed().existing is None


def test_what_worked_and_was_ended_is_not_taken_for_reviewed_when_it_stands_again_under_its_id() -> None:
    worked = replace(connection(APPLE, DANA), sync=Sync(exports=True))
    again = Answers.about(worked, APPLE, DANA).without_existing().with_connection(connection(APPLE, DANA))
    assert not again.reviews_existing
    assert again.existing
    assert again.existing.sync == worked.sync


def test_another_calendar_that_comes_to_nothing_leaves_the_run_connected() -> None:
    first = answered(APPLE, connected=True)
    flow = Flow(Answers().after(first).with_provider(GOOGLE), start="method")
    assert flow.answers.reached == first
    flow.send("cancel")
    assert flow.state == "finished"


def test_what_took_anothers_place_stays_reached_on_the_way_back_to_the_list() -> None:
    assert REPLACED.reviewed().with_connection(None).reached.connection == IN_ITS_PLACE


@pytest.mark.parametrize("made", [False, True])
def test_whoever_has_looked_at_connections_from_before_goes_on_with_his_own_answers(made: bool) -> None:
    own, old, other = answered(GOOGLE, connected=made), connection(APPLE, DANA), connection(FASTMAIL, DANA)
    looked = Answers.about(old, APPLE, DANA).after(own)
    assert Answers.about(other, FASTMAIL, DANA).after(looked).for_new() == own
    assert not looked.without(connection(GOOGLE, DANA)).for_new().reached.connected
    reviewed = looked.with_connection(old).reviewed().with_connection(None).for_new()
    assert (reviewed.provider, reviewed.existing, reviewed.reached.connected) == (GOOGLE, None, True)


def test_what_has_taken_anothers_place_is_not_put_aside_for_a_new_connection() -> None:
    replaced = Answers.about(BROKEN, APPLE, DANA).after(Answers()).with_connection(IN_ITS_PLACE)
    assert replaced.for_new() == replaced


def test_what_was_put_aside_is_forgotten_once_a_new_connection_is_chosen() -> None:
    replaced = Answers.about(BROKEN, APPLE, DANA).after(answered(GOOGLE)).with_connection(IN_ITS_PLACE)
    looked = Answers.about(BROKEN, APPLE, DANA).after(replaced.with_provider(APPLE))
    assert looked.aside
    assert looked.aside.aside is None


def test_what_has_ended_is_nothing_reached() -> None:
    first, second = answered(APPLE, connected=True), answered(GOOGLE, connected=True)
    both = second.after(first)
    assert both.without(connection(GOOGLE, DANA)).reached == first
    assert not both.without(connection(GOOGLE, DANA)).without(connection(APPLE, DANA)).reached.connected
    assert Answers().after(answered(APPLE).with_connection(BROKEN)) == Answers()


class Person(RuleBasedStateMachine):
    """Somebody who answers what a screen asks, changes their mind, and walks anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = Flow()

    def at(self, *states: str) -> bool:
        return self.flow.state in states

    @precondition(lambda self: self.at("provider"))
    @rule(provider=st.sampled_from(PROVIDERS))
    def choose_a_provider(self, provider: Provider) -> None:
        self.flow.answers = self.flow.answers.with_provider(provider)
        self.flow.send("next")

    @precondition(lambda self: self.at("provider"))
    @rule()
    def see_what_is_connected(self) -> None:
        self.flow.send("see_connections")

    @precondition(lambda self: self.at("connections"))
    @rule(provider=st.sampled_from([APPLE, GOOGLE, FASTMAIL]), schedule=st.sampled_from(SCHEDULES))
    def review_one(self, provider: Provider, schedule: Schedule) -> None:
        made = connection(provider, schedule)
        self.flow.answers = Answers.about(made, provider, schedule).with_connection(made)
        self.flow.send("next")

    @precondition(lambda self: self.at("connections"))
    @rule(provider=st.sampled_from([APPLE, GOOGLE, FASTMAIL]), schedule=st.sampled_from(SCHEDULES), data=st.data())
    def reconnect_one(self, provider: Provider, schedule: Schedule, data: st.DataObject) -> None:
        broken = replace(connection(provider, schedule, Status.ERROR), id="broken")
        method = data.draw(st.sampled_from(provider.methods))
        self.flow.answers = Answers.about(broken, provider, schedule).with_method(method)
        self.flow.send("reconnect")

    @precondition(lambda self: self.at("method") and self.flow.answers.provider.methods)
    @rule(data=st.data())
    def choose_a_method(self, data: st.DataObject) -> None:
        assert self.flow.answers.provider
        method = data.draw(st.sampled_from(self.flow.answers.provider.methods))
        self.flow.answers = self.flow.answers.with_method(method)
        self.flow.send("next")

    @precondition(lambda self: self.at("schedule"))
    @rule(schedule=st.sampled_from(SCHEDULES))
    def choose_a_schedule(self, schedule: Schedule) -> None:
        self.flow.answers = self.flow.answers.with_schedule(schedule)
        self.flow.send("next")

    @precondition(lambda self: self.at("credentials", "authorize"))
    @rule()
    def connect(self) -> None:
        answers = self.flow.answers
        assert answers.provider
        assert answers.schedule
        if answers.connection is None:
            self.flow.answers = answers.with_connection(connection(answers.provider, answers.schedule))
        self.flow.send("next")

    @precondition(lambda self: self.at("site"))
    @rule()
    def go_on(self) -> None:
        self.flow.send("next")

    @precondition(lambda self: self.at("review"))
    @rule()
    def apply(self) -> None:
        self.flow.answers = self.flow.answers.reviewed()
        self.flow.send("next")

    @precondition(lambda self: self.at("done"))
    @rule(event=st.sampled_from(["see_events", "another"]))
    def do_more(self, event: str) -> None:
        if event == "another":
            self.flow.answers = Answers().after(self.flow.answers)
        self.flow.send(event)

    @precondition(lambda self: self.flow.can("back"))
    @rule()
    def go_back(self) -> None:
        before, answers = self.flow.state, self.flow.answers
        self.flow.send("back")
        assert self.flow.answers == answers
        assert self.flow.state != before

    @precondition(lambda self: self.flow.can("retry"))
    @rule()
    def try_again(self) -> None:
        before, answers = self.flow.state, self.flow.answers
        self.flow.send("retry")
        assert (self.flow.state, self.flow.answers) == (before, answers)

    @invariant()
    def what_follows_the_sign_in_has_everything(self) -> None:
        if self.at("review", "done", "events"):
            answers = self.flow.answers
            assert answers.provider
            assert answers.method in answers.provider.methods or answers.reviews_existing
            assert answers.schedule
            assert answers.connection

    @invariant()
    def the_sign_in_is_the_methods(self) -> None:
        if self.at("credentials", "authorize"):
            by = {"credentials": Method.CREDENTIALS, "authorize": Method.OAUTH}[self.flow.state]
            assert self.flow.answers.method is by

    @invariant()
    def a_connection_fits_the_answers(self) -> None:
        answers = self.flow.answers
        if made := answers.connection:
            assert answers.provider
            assert answers.schedule
            assert (made.provider_id, made.schedule_id) == (answers.provider.id, answers.schedule.id)

    @invariant()
    def there_is_always_a_way_out(self) -> None:
        assert self.flow.can("cancel")


TestEveryWalk = Person.TestCase
TestEveryWalk.settings = settings(stateful_step_count=30)
