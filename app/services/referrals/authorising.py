"""Who may settle a referral: the roles, the authority held, and who else could, in words.

Never who asked for the decision, who owns the key that asked, or who entered or changed a
fact of it by hand; and never a key, whatever its owner may do in person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from app.domain.errors import Problem, Refused
from app.domain.messages import joined, told
from app.domain.people import Authority, Person, Principal, Role
from app.domain.settling import Figures, Shortfall, able_to_settle, settling_outcomes, shortfalls
from app.domain.values import Kind, ValueType
from app.domain.wording import spoken
from app.services.people.people import People
from app.services.referrals.cases import Case
from schemas.constants import listed

SETTLING = frozenset({Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL})
"""The roles that settle referrals, where they hold an authority."""
SEES_ALL = frozenset({Role.CREDIT_OFFICER, Role.AUDITOR})
"""Who sees the referrals of every policy; others see those of policies in which they hold an authority."""
NAMED_TO = frozenset({Role.CREDIT_OFFICER, Role.AUDITOR})
"""Who is told colleagues by name; others are told ids and roles."""
_MONEY, _DAYS = ValueType(Kind.MONEY, 2), ValueType(Kind.DAYS)


def settles(principal: Principal) -> bool:
    """Whether the role settles at all, and a person asks."""
    return principal.role in SETTLING and principal.key is None


def within(principal: Principal, authority: Mapping[str, Authority]) -> frozenset[str] | None:
    """The policies whose referrals this person sees; None for all."""
    return None if principal.role in SEES_ALL else frozenset(authority)


class Authorising:
    """Says who may settle what."""

    def __init__(self, people: People) -> None:
        self._people = people

    def authority(self, principal: Principal) -> Mapping[str, Authority]:
        """What this person may settle, by policy."""
        return self._people.standing(principal.person.id).authority

    def holders(self, policy: str) -> Sequence[tuple[Person, Authority]]:
        """The active people who settle something in a policy.

        An authority outlives a change of role, and then counts for nothing.
        """
        return [one for one in self._people.holders(policy) if one[0].role in SETTLING]

    def name(self, person: str) -> str | None:
        """The name of the person of that id (UUID text); None where there is nobody."""
        found = self._people.find(person)
        return None if found is None else found.name

    def held(self, case: Case, principal: Principal, authority: Mapping[str, Authority]) -> Authority:
        """The authority by which this person may settle it; raises ``Refused``, saying who could."""
        held = authority.get(case.ruleset.policy)
        why = case.excluded.get(principal.id)
        if held is not None and settles(principal) and why is None:
            return held
        message = told("You hold no authority to settle referrals of {policy}.", policy=case.ruleset.policy)
        if why is not None:
            message = told("You are {why}, so somebody else settles it.", why=why)
        raise Refused(joined(" ", (message, self._who_could(case, case.figures, None, principal))))

    def check(
        self, held: Authority, case: Case, figures: Figures, outcome: str, principal: Principal
    ) -> None:
        """Raise ``Refused`` where ``held`` does not suffice: by how much, and who could."""
        beyond = shortfalls(held, figures, [outcome])
        if not beyond:
            return
        problems = [Problem(_said(one, case, figures, outcome), code="authority") for one in beyond]
        could = self._who_could(case, figures, outcome, principal)
        raise Refused(
            told("This exceeds your authority: {message}. {could}", message=problems[0].message, could=could),
            problems,
        )

    def _who_could(self, case: Case, figures: Figures, outcome: str | None, principal: Principal) -> str:
        """Who could settle it: by name for those who may read names, else by role."""
        outcomes = settling_outcomes(case.ruleset) if outcome is None else [outcome]
        able = able_to_settle(self.holders(case.ruleset.policy), figures, outcomes, case.excluded)
        others = [person for person, _ in able if person.id != principal.person.id]
        if not others:
            return "Nobody else has the authority for it at present; an administrator can give it."
        return told(
            "It could be settled by {people}.", people=_people(others, named=principal.role in NAMED_TO)
        )


def _people(able: Sequence[Person], *, named: bool) -> str:
    if named:
        return listed([one.name for one in able])
    roles = Counter(str(one.role) for one in able)
    return listed(
        [
            told("{count} of the role {role}", count=count, role=told(role))
            for role, count in sorted(roles.items())
        ]
    )


def _said(one: Shortfall, case: Case, figures: Figures, outcome: str) -> str:
    if one.what == "outcome":
        return told("you may not settle with {outcome}", outcome=outcome)
    money = one.what == "amount"
    kind, unit = (_MONEY, f" {case.ruleset.currency}") if money else (_DAYS, told(" days"))
    ends = told("yours ends at {limit}{unit}", limit=spoken(one.limit, kind), unit=unit)
    if one.over is None:
        return told(
            "the {word} is not known, and {ends}",
            word=told("amount" if money else "number of days"),
            ends=ends,
        )
    figure = spoken(figures.amount if money else figures.days, kind)
    return told(
        "it is about {figure}{unit}, and {ends}; that is {over}{unit} too much",
        figure=figure,
        unit=unit,
        ends=ends,
        over=spoken(one.over, kind),
    )
