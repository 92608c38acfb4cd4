"""The flow: which step follows which, as a state chart whose states are the screens. Pure: no I/O, no front.

The order is the documented one (Sample Flows): providers, method, schedule, sign-in, sync directions, events.
"""

from __future__ import annotations

from typing import Any

from statemachine import State, StateChart
from statemachine.states import States

from wizard.answers import Answers
from wizard.domain import Method

SCREENS = (
    *("site", "provider", "connections", "method", "schedule"),
    *("credentials", "authorize", "review", "done", "events"),
)
ENDS = ("finished", "failed", "left")


class Flow(StateChart[Any]):
    """The chart. `answers` decide the guards; `asks_site` says whether the settings left the site step to the person.

    An event that the current state doesn't know raises `statemachine.exceptions.TransitionNotAllowed`.
    """

    allow_event_without_transition = False

    # A collection, because "events" as an attribute would hide the chart's own list of events.
    screens = States({name: State(initial=name == SCREENS[0]) for name in SCREENS})
    ends = States({name: State(final=True) for name in ENDS})

    next = (
        screens.site.to(screens.provider)
        | screens.provider.to(screens.method)
        | screens.connections.to(screens.review, cond="reviews_existing")
        | screens.method.to(screens.schedule, cond="method_known")
        | screens.schedule.to(screens.credentials, cond="by_credentials")
        | screens.schedule.to(screens.authorize, cond="by_oauth")
        | screens.credentials.to(screens.review)
        | screens.authorize.to(screens.review)
        | screens.review.to(screens.done)
        | screens.done.to(ends.finished, cond="connected")
    )
    back = (
        screens.provider.to(screens.site, cond="site_asked")
        | screens.connections.to(screens.provider)
        | screens.method.to(screens.provider)
        | screens.schedule.to(screens.method)
        | screens.credentials.to(screens.connections, cond="about_existing")
        | screens.credentials.to(screens.schedule)
        | screens.authorize.to(screens.connections, cond="about_existing")
        | screens.authorize.to(screens.schedule)
        | screens.review.to(screens.connections, cond="nothing_new")
        | screens.review.to(screens.credentials, cond="by_credentials")
        | screens.review.to(screens.authorize, cond="by_oauth")
        | screens.done.to(screens.review)
        | screens.events.to(screens.done)
    )
    # Every screen that talks to Wix can be tried again.
    retry = (
        screens.site.to(screens.site)
        | screens.provider.to(screens.provider)
        | screens.connections.to(screens.connections)
        | screens.schedule.to(screens.schedule)
        | screens.credentials.to(screens.credentials)
        | screens.authorize.to(screens.authorize)
        | screens.review.to(screens.review)
        | screens.done.to(screens.done)
        | screens.events.to(screens.events)
    )
    # Aside from the first step: what is connected already.
    see_connections = screens.provider.to(screens.connections)
    reconnect = screens.connections.to(screens.credentials, cond="by_credentials")
    reconnect |= screens.connections.to(screens.authorize, cond="by_oauth")
    see_events = screens.done.to(screens.events)
    another = screens.done.to(screens.provider)
    # Leaving: with a connection that stands the run has reached what it is for, whatever screen it is left from.
    cancel = ends.finished.from_(*screens, cond="connected") | ends.left.from_(*screens)
    # Leaving with a fault on the screen: the run ends with that fault's exit code.
    give_up = ends.failed.from_(*screens, unless="connected")

    def __init__(self, answers: Answers | None = None, *, asks_site: bool = True, start: str | None = None) -> None:
        self.answers = answers or Answers()
        self.asks_site = asks_site
        super().__init__(start_value=start or ("site" if asks_site else "provider"))

    @property
    def state(self) -> str:
        """The current state's id: a screen, or an end."""
        return str(next(iter(self.configuration_values)))

    @property
    def is_over(self) -> bool:
        """Whether an end state is reached."""
        return self.state in ENDS

    def can(self, event: str) -> bool:
        """Whether the current state knows the event and its guards hold."""
        return event in {str(e.id) for e in self.enabled_events()}

    def method_known(self) -> bool:
        """Whether a method is chosen that the provider offers."""
        return self.answers.method is not None

    def by_credentials(self) -> bool:
        """Whether the account signs in with email and password."""
        return self.answers.method is Method.CREDENTIALS

    def by_oauth(self) -> bool:
        """Whether the account's owner consents in a browser."""
        return self.answers.method is Method.OAUTH

    def site_asked(self) -> bool:
        """Whether there is a site step to go back to."""
        return self.asks_site

    def about_existing(self) -> bool:
        """Whether this is about a connection from before."""
        return self.answers.existing is not None

    def reviews_existing(self) -> bool:
        """Whether the connection from before is there to be reviewed."""
        return self.answers.reviews_existing

    def nothing_new(self) -> bool:
        """Whether this is about a connection from before, and no other one is made in its place."""
        return self.about_existing() and (self.answers.connection is None or self.answers.reviews_existing)

    def connected(self) -> bool:
        """Whether this run has made or reviewed a connection, if not with these answers then before."""
        return self.answers.reached.connected
