"""The form that settles a referral: what the ruleset lets a person decide and set, and what was sent.

What a reader gets wrong often is said here, in the reader's words, before the services are asked; all else is
theirs to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem, TermwiseError
from app.domain.people import Authority
from app.domain.referrals import ResolutionRequest
from app.domain.rules import Reference
from app.domain.ruleset import Ruleset
from app.domain.settling import Figures, settling_outcomes, shortfalls
from app.domain.values import Text
from app.services.assembly import Services
from app.services.referrals.authorising import SETTLING
from app.web.auth import principal
from app.web.pages.fact_forms import Control, controls, fields, given
from app.web.pages.formats import value as shown
from app.web.pages.language import N_, _, gettext, language, said
from schemas.constants import day
from schemas.resolutions import MAX_NOTE

EMPTY: MultiDict[str, str] = MultiDict()
_CANNOT = N_("The referral cannot be settled like this.")
_NOTE_FIRST = N_("A note is needed: %(outcome)s is milder than the rules alone say.")
_NO_ANSWER = N_("A note is needed: the rules alone gave no answer that counts.")
_TERM_NEEDED = N_("%(term)s is needed with %(outcome)s.")
_NOT_WITH = N_("%(term)s is set with %(outcomes)s only.")
_WITH = N_("With %(outcomes)s only.")
_FROM_TO = N_("From %(least)s to %(most)s.")
_NO_DAY = N_("Name a day still to come, such as %(day)s.")


class Choice(NamedTuple):
    """An outcome to settle with; ``milder`` than what the rules alone say, so that a note is needed."""

    outcome: str
    label: Any
    kind: str
    milder: bool
    chosen: bool


class Form(NamedTuple):
    """The form as it stands."""

    outcomes: Sequence[Choice]
    reasons: Mapping[str, Any]
    reason: str
    terms: Sequence[Control]
    note: str
    until: str
    follows: str
    longest: int = MAX_NOTE

    @property
    def fields(self) -> dict[str, tuple[str, str]]:
        """Every field by name: its id and label."""
        named = {
            "outcome": ("outcome", _("Answer")),
            "reason": ("reason", _("Reason")),
            "note": ("fact-note", _("Note")),
            "until": ("fact-until", _("Holds until the end of")),
            "expires_at": ("fact-until", _("Holds until the end of")),
        }
        return named | fields(self.terms)


def form(
    one: Mapping[str, Any],
    answer: Mapping[str, Any],
    ruleset: Ruleset,
    sent: MultiDict[str, str],
    error: TermwiseError | None = None,
) -> Form:
    """The form of a referral, holding what was ``sent``."""
    specs = _specs(ruleset, answer)
    latest = one["resolutions"][-1]["id"] if one["resolutions"] else ""
    return Form(
        outcomes=[
            Choice(
                each["outcome"],
                each["label"],
                str(ruleset.outcome(each["outcome"]).kind),
                _needs_note(one, ruleset, each["outcome"]),
                sent.get("outcome") == each["outcome"],
            )
            for each in one["settle_with"]
        ],
        reasons=one["reasons_to_give"],
        reason=sent.get("reason", ""),
        terms=controls(specs, given(specs, sent), ruleset.currency, error),
        note=sent.get("note", ""),
        until=sent.get("until", ""),
        follows=sent.get("follows", latest),
    )


def read(
    sent: MultiDict[str, str], one: Mapping[str, Any], ruleset: Ruleset, zone: tzinfo
) -> ResolutionRequest:
    """What was sent; raises ``Invalid`` with what can be said beforehand."""
    outcome, note = sent.get("outcome", ""), sent.get("note", "").strip() or None
    terms = given(_specs(ruleset, None), sent)
    problems = list(_about_terms(ruleset, outcome, terms))
    if note is None and outcome in settling_outcomes(ruleset) and _needs_note(one, ruleset, outcome):
        told = _NO_ANSWER if one["ruled"] is None else _NOTE_FIRST
        problems.append(Problem(_(told, **_outcome(ruleset, outcome, one)), "/note"))
    until = None
    if sent.get("until"):
        try:
            until = _end_of(day(sent["until"]), zone)
        except ValueError:
            problems.append(Problem(_(_NO_DAY, day="2030-06-30"), "/until"))
    if problems:
        raise Invalid(gettext(_CANNOT), problems)
    follows = UUID(sent["follows"]) if _is_id(sent.get("follows", "")) else None
    return ResolutionRequest(outcome, sent.get("reason", ""), terms, note, until, follows)


def authority_of(services: Services, policy: str) -> Authority | None:
    """What the reader may settle in a policy; None is nothing."""
    reader = principal()
    if reader.role not in SETTLING:
        return None
    return services.people.standing(reader.person.id).authority.get(policy)


def barred(one: Mapping[str, Any], ruleset: Ruleset, authority: Authority | None) -> str:
    """Why the reader cannot settle it, empty for who can. It only says what the services decide."""
    if one["may_settle"]:
        return ""
    if one["superseded"]:
        return _("A newer referral took its place. Settle that one.")
    if authority is None:
        return _("You hold no authority to settle referrals of this policy.")
    counted = ruleset.referrals is None or ruleset.referrals.days is not None
    amount = None if one["amount"] is None else Decimal(one["amount"])
    figures = Figures(amount, one["days"], days_count=counted)
    if shortfalls(authority, figures, settling_outcomes(ruleset)):
        return _("This lies beyond your authority, so it moves up.")
    return _("You asked for this decision or entered one of its facts by hand, so somebody else settles it.")


def _about_terms(ruleset: Ruleset, outcome: str, terms: Mapping[str, Any]) -> list[Problem]:
    """What is wrong about which terms are there; their values are the services' to judge."""
    found: list[Problem] = []
    if ruleset.referrals is None or outcome not in settling_outcomes(ruleset):
        return found
    for name, term in ruleset.referrals.terms.items():
        label, only = said(ruleset.outputs[name].label), _outcomes(ruleset, term.needed_with)
        if outcome in term.needed_with and name not in terms:
            told = _(_TERM_NEEDED, term=label, outcome=said(ruleset.outcome(outcome).label))
            found.append(Problem(told, f"/terms/{name}"))
        elif name in terms and term.needed_with and outcome not in term.needed_with:
            found.append(Problem(_(_NOT_WITH, term=label, outcomes=only), f"/terms/{name}"))
    return found


def _specs(ruleset: Ruleset, answer: Mapping[str, Any] | None) -> list[FactSpec]:
    """The terms as facts that are asked for; with the ``answer`` each says within which bounds."""
    terms = ruleset.referrals.terms if ruleset.referrals is not None else {}
    found = []
    for name, term in terms.items():
        output, helps = ruleset.outputs[name], []
        if answer is not None:
            if term.needed_with:
                helps.append(_(_WITH, outcomes=_outcomes(ruleset, term.needed_with)))
            bounds = [_bound(end, answer) for end in (term.minimum, term.maximum)]
            if None not in bounds:
                least, most = (shown(end, output.type, ruleset.currency) for end in bounds)
                helps.append(_(_FROM_TO, least=least, most=most))
        text = " ".join(helps)
        help = Text(text, text) if text else None
        found.append(FactSpec(name, output.type, output.label, unknown_allowed=True, help=help))
    return found


def _bound(end: Any, answer: Mapping[str, Any]) -> Any:
    """A bound as the decision has it; None is not known."""
    if not isinstance(end, Reference):
        return end
    known = [answer[part].get(end.name) for part in ("facts", "derived", "outputs")]
    return next((each for each in known if each is not None), None)


def _needs_note(one: Mapping[str, Any], ruleset: Ruleset, outcome: str) -> bool:
    ruled = one["ruled"]
    return ruled is None or ruleset.severities[outcome] < ruleset.severities[ruled]


def _outcome(ruleset: Ruleset, outcome: str, one: Mapping[str, Any]) -> dict[str, str]:
    return {} if one["ruled"] is None else {"outcome": said(ruleset.outcome(outcome).label)}


def _outcomes(ruleset: Ruleset, outcomes: Sequence[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(said(ruleset.outcome(each).label) for each in outcomes)


def _end_of(last: date, zone: tzinfo) -> datetime:
    """The instant at which a day ends where the reader is; it holds until then."""
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def _is_id(written: str) -> bool:
    try:
        return str(UUID(written)) == written
    except ValueError:
        return False
