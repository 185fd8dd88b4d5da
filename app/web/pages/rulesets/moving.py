"""The way of a version into force and out of it, each move a form: the same services, refusals told in words.

A form says with ``seen`` which state of the version its reader looked at, so that nobody moves what they have
not seen. What needs a fresh sign-in asks for it before the form is shown, and comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from app.analysis.settled import Settled
from app.domain.access import Action
from app.domain.errors import Invalid, Problem, Refused, Stale, TermwiseError
from app.domain.moves import NEEDS_REASON, Move, activation_of, is_open
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.rulesets.releasing import Asked
from app.settings.rooms import LONG, USUAL
from app.web.answers import policy_name
from app.web.auth import principal
from app.web.pages.answering import may, page, see, zone
from app.web.pages.language import N_, _
from app.web.pages.page import Page
from app.web.pages.rulesets.failing import Failing, obstacles
from app.web.pages.rulesets.reading import heading, opened
from app.web.pages.rulesets.versions import in_force
from schemas.lifecycle import read_move

_ONE = "/rulesets/{policy}/{version}"


class Form(NamedTuple):
    """The page of one move. ``shape`` is that of the call's body, empty where it has none."""

    place: str
    move: Move
    action: Action
    title: str
    lead: str
    button: str
    shape: str = ""
    words: str = "comment"
    places: str = USUAL
    look: str = "main"


FORMS = (
    Form(
        "submission",
        Move.SUBMIT,
        Action.SUBMIT_VERSION,
        N_("Submit for approval"),
        N_(
            "Another officer who wrote no part of it is asked to approve exactly this text."
            " It is proved first, which takes up to half a minute."
        ),
        N_("Submit"),
        "SubmissionRequest",
        places=LONG,
    ),
    Form(
        "approval",
        Move.APPROVE,
        Action.APPROVE_VERSION,
        N_("Approve"),
        N_(
            "You approve exactly the text with this digest. Read the comparison with what is in force before."
        ),
        N_("Approve this text"),
        "ApprovalRequest",
        places=LONG,
    ),
    Form(
        "return",
        Move.RETURN,
        Action.RETURN_VERSION,
        N_("Send back"),
        N_("It becomes a draft again, for its authors to change."),
        N_("Send back"),
        "ReturnRequest",
        "reason",
    ),
    Form(
        "activation",
        Move.ACTIVATE,
        Action.ACTIVATE_VERSION,
        N_("Activate"),
        N_("From then on it answers in place of what is in force. What was decided before stays as it is."),
        N_("Activate"),
        "ActivationRequest",
        "reason",
    ),
    Form(
        "withdrawal",
        Move.WITHDRAW,
        Action.WITHDRAW_ACTIVATION,
        N_("Withdraw the activation"),
        N_("It stays approved and is not put into force on that day."),
        N_("Withdraw"),
        words="",
    ),
    Form(
        "retirement",
        Move.RETIRE,
        Action.RETIRE_VERSION,
        N_("Retire"),
        N_(
            "It is out of use at once. Nothing takes the place of what was in force:"
            " the policy then answers nobody."
        ),
        N_("Retire"),
        "RetirementRequest",
        "reason",
        look="danger",
    ),
)
PAGES = (
    *(Page(f"GET {_ONE}/{one.place}", one.action, places=one.places) for one in FORMS),
    *(Page(f"POST {_ONE}/{one.place}", one.action, places=one.places) for one in FORMS),
)


def routes(services: Services) -> Blueprint:
    """Every form under ``/rulesets/<policy>/<version>``."""
    pages = Blueprint("moving", __name__, url_prefix="/rulesets/<policy>/<version>")
    for form in FORMS:
        pages.add_url_rule(f"/{form.place}", f"ask_{form.move}", _asking(services, form))
        pages.add_url_rule(f"/{form.place}", f"do_{form.move}", _doing(services, form), methods=["POST"])
    return pages


View = Callable[[str, str], Response]


def _asking(services: Services, form: Form) -> View:
    def ask(policy: str, version: str) -> Response:
        return _shown(services, form, policy, version)

    return ask


def _doing(services: Services, form: Form) -> View:
    def do(policy: str, version: str) -> Response:
        asked = Asked(principal(), policy_name(policy), version, _seen())
        try:
            moved = _MOVES[form.move](services, asked, _given(form, services.deciding.now()))
        except Stale:
            raise
        except (Invalid, Refused) as error:
            return _shown(services, form, policy, version, error)
        return see(f"/rulesets/{moved.policy}/{moved.version}")

    return do


def _shown(
    services: Services, form: Form, policy: str, version: str, error: TermwiseError | None = None
) -> Response:
    """The form, with what was refused; of an approval with what is not settled, once that is asked for."""
    one = opened(services, policy, version)
    known = request.values.get("text") == one.version.digest
    claims: tuple[Settled, ...] = ()
    if form.move is Move.APPROVE and known:
        claims = services.drafting.check(policy, version)[1].not_settled
    proof = services.drafting.check(policy, version)[1] if _unproven(form, error) else None
    samples = None if proof is None else services.editing.samples(services.versions.text(one.version))
    edit = f"/rulesets/{one.version.policy}/{one.version.version}/edit"
    move = activation_of(one.version) if form.move is Move.ACTIVATE else form.move
    return page(
        "rulesets/move.html",
        200 if error is None else 422,
        **heading(one),
        form=form,
        error=error,
        unproven=proof is not None and may("editVersion"),
        failing=None if samples is None else Failing(samples, edit),
        others=() if proof is None else obstacles(proof, edit),
        edit=edit,
        filled=request.form,
        acknowledged=request.form.getlist("acknowledges"),
        standing=in_force(services.versions.all(policy)),
        needs_reason=move in NEEDS_REASON,
        rolls_back=move is Move.ROLL_BACK,
        open=is_open(one.version, move),
        wrote=form.move is Move.APPROVE and principal().id in one.version.authors,
        known=known or form.move is not Move.APPROVE,
        claims=claims,
        zone_name=str(zone()),
    )


def _seen() -> frozenset[str]:
    """The state of the version that the form was made for."""
    seen = request.form.get("seen", "")
    if not seen:
        problem = Problem(_("open the form again: it has to say which state of the version you looked at"))
        raise Invalid(_("The form is incomplete."), [problem])
    return frozenset({seen})


def _unproven(form: Form, error: TermwiseError | None) -> bool:
    """Whether a submission was refused for what the text does not prove, and for nothing in the form."""
    return form.move is Move.SUBMIT and isinstance(error, Invalid) and any(one.line for one in error.problems)


def _given(form: Form, now: datetime) -> Mapping[str, Any]:
    """What was filled in, read as the body of the call is."""
    if not form.shape:
        return {}
    filled: dict[str, Any] = {}
    if words := request.form.get(form.words, "").replace("\r\n", "\n").strip():
        filled[form.words] = words
    if form.move is Move.APPROVE:
        filled["digest"] = request.form.get("text", "")
        if known := request.form.getlist("acknowledges"):
            filled["acknowledges"] = known
    if form.move is Move.ACTIVATE:
        filled["replaces"] = request.form.get("replaces", "none")
        if request.form.get("when") == "later":
            filled["effective_from"] = _instant(request.form.get("effective_from", ""), now)
    return read_move(form.shape, filled)


def _instant(written: str, now: datetime) -> str:
    """A day and time as a form has them, in the reader's zone, as an instant in UTC that is still to come."""
    try:
        local = datetime.fromisoformat(written).replace(tzinfo=zone())
    except ValueError:
        problem = Problem(_("say the day and the time, such as 2026-01-31 09:00"))
        raise Invalid(_("The activation cannot be planned."), [problem]) from None
    if local <= now:
        problem = Problem(_("that moment has passed: choose a later one, or activate at once"))
        raise Invalid(_("The activation cannot be planned."), [problem])
    return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_MOVES: Mapping[Move, Callable[[Services, Asked, Mapping[str, Any]], RulesetVersion]] = {
    Move.SUBMIT: lambda services, asked, given: services.releasing.submit(asked, given["comment"]),
    Move.APPROVE: lambda services, asked, given: services.releasing.approve(
        asked, given["digest"], given["comment"], given["acknowledges"] or ()
    ),
    Move.RETURN: lambda services, asked, given: services.releasing.send_back(asked, given["reason"]),
    Move.ACTIVATE: lambda services, asked, given: services.releasing.activate(asked, **given),
    Move.WITHDRAW: lambda services, asked, given: services.releasing.withdraw(asked),
    Move.RETIRE: lambda services, asked, given: services.releasing.retire(asked, given["reason"]),
}
