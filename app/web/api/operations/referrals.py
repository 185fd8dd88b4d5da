"""The calls about referrals, and the feed of events."""

from __future__ import annotations

from app.services.log.following import LONGEST_WAIT
from app.services.referrals.overrides import BY
from app.settings.rooms import FOLLOWING
from app.web.api import events
from app.web.api.operations.operation import NAME, Operation, parameter
from app.web.api.paging import MOST, USUAL
from app.web.api.referrals import FLAGS, STATES, TIMES

_FLAG = {"enum": ["yes"]}
_ABOUT = {"mine": "only those that the caller may settle", "overdue": "only those whose time has passed"}


def _whole(name: str, least: int, most: int, usual: int, about: str) -> dict[str, object]:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": usual}
    return parameter(name, "query", schema, about)


_LIST = (
    parameter("policy", "query", NAME),
    parameter("customer", "query", NAME),
    *(parameter(name, "query", _FLAG, _ABOUT[name]) for name in FLAGS),
    parameter("state", "query", {"enum": list(STATES), "default": "open"}),
    _whole("limit", 1, MOST, USUAL, "a page may be shorter; `next` tells whether there is more"),
    parameter("after", "query", {"type": "string", "format": "uuid"}, "the `next` of the page before"),
)
_OVERRIDES = (
    parameter("by", "query", {"enum": list(BY), "default": BY[0]}),
    parameter("policy", "query", NAME),
    *(
        parameter(name, "query", {"type": "string"}, "a day or an instant; without a zone it is UTC")
        for name in TIMES
    ),
)
_FEED = (
    _whole("after", 0, events.FARTHEST, 0, "the `next` of the answer before; 0 is the beginning"),
    _whole("limit", 1, events.MOST, events.USUAL, "how many at most"),
    _whole("wait", 0, LONGEST_WAIT, 0, "seconds to wait for an event where there is none yet"),
)

OPERATIONS = (
    Operation(
        "listReferrals",
        "GET /v1/referrals",
        "Decisions that wait for a person: the oldest day first, of a day the largest amount first",
        {200: "ReferralPage"},
        (404, 422, 503),
        None,
        _LIST,
    ),
    Operation(
        "readReferral",
        "GET /v1/referrals/{id}",
        "One of them, by its decision's id: what may be settled, and what was",
        {200: "ReferralRead"},
        (404, 422, 503),
    ),
    Operation(
        "settleReferral",
        "POST /v1/referrals/{id}/resolution",
        "Settle it, within one's authority; the decision itself is never changed",
        {201: "Resolution"},
        (400, 404, 409, 410, 413, 415, 422, 503),
        "ResolutionRequest",
    ),
    Operation(
        "countOverrides",
        "GET /v1/referrals/overrides",
        "How often people settled how, and how often milder than the rules alone say",
        {200: "Overrides"},
        (422, 503),
        None,
        _OVERRIDES,
    ),
    Operation(
        "followEvents",
        "GET /v1/events",
        "Decisions, resolutions and which ruleset answers, in the log's order: none is ever missed",
        {200: "Events"},
        (422, 503),
        None,
        _FEED,
        places=FOLLOWING,
    ),
)
