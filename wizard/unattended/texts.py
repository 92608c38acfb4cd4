"""What `connect` and `resume` say to people. Words in braces are filled in."""

from __future__ import annotations

WAITS = "Waiting until {time} for the account's owner to open the link and allow access."
RESTS = (
    "An earlier run was cut off while it was connecting the same account. Looking for up to {seconds} s at what came "
    "of it, before anything is sent again."
)
NO_WAIT = "Once the account's owner has opened the link, 'calendar-wizard resume' continues."
NOT_KEPT = (
    "'calendar-wizard resume' can't continue this run: its journal could not be kept{why}. Run 'calendar-wizard "
    "connect' again once the account's owner has opened the link."
)
NOT_YET = "The account's owner hasn't allowed access yet; 'calendar-wizard resume' looks again."
LEFT = "Left. It may still be connected: 'calendar-wizard resume' looks for it."
PLAN_NOTHING = "{provider} is already connected to {schedule} as asked: nothing would be changed."
PLAN_SYNC = "{provider} is already connected to {schedule}: only its directions would be changed."
PLAN_CONNECT = "{provider} would be connected to {schedule} with the email {email} and its password."
PLAN_REPLACES = "Before that, its connection that has stopped would be ended; its directions would be carried over."
PLAN_AUTHORIZE = "A link would be made with which the account's owner connects {provider} to {schedule}."
