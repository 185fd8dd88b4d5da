"""The file of notices ..."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from app.settings.issuer import SHIPPED_NOTICES
from schemas.notices import read_notices
from schemas.ruleset import load
from tests.web.service import ROOT

GOOD = """
country_fact: buyer_country
review_days: objection_days
notices:
- id: us-notice
  countries: [US, PR]
  source: law
  title: {en: Title, zh: 标题}
  text: {en: "Text", zh: "正文"}
broad_reasons: {sample-orders: HIGH_RISK}
procedural_reasons: {sample-orders: [NEXT_LEVEL, OTHER_DESK]}
"""


def test_says_what_is_due_where() -> None:
    found = read_notices(GOOD.encode())
    assert [one.id for one in found.due("US")] == ["us-notice"]
    assert found.due("CN") == found.due(None) == ()
    assert found.broad == {"sample-orders": {"HIGH_RISK"}}
    assert found.procedural == {"sample-orders": {"NEXT_LEVEL", "OTHER_DESK"}}
    assert (found.country_fact, found.review_days) == ("buyer_country", "objection_days")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[US, PR]", "[USA]", 6, "`USA` is no country"),
        ("us-notice", "US notice", 5, "an id is lower-case"),
        ("buyer_country", "Buyer", 2, "takes the name of a fact"),
        ("HIGH_RISK", "high", 10, "`high` is no reason code"),
        ("  source: law\n", "", 5, "source"),
        ("country_fact", "country", 2, "`country` is not a key here"),
        ('text: {en: "Text", zh: "正文"}', "text: only one", 9, "text"),
    ],
)
def test_is_refused_with_the_line_and_the_remedy(old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_notices(GOOD.replace(old, new).encode())
    assert "The notices cannot be used" in caught.value.message
    assert any(one.line == line and says in one.message for one in caught.value.problems), (
        caught.value.problems
    )


def test_may_say_nothing() -> None:
    assert read_notices(b"notices: []\n").due("US") == ()


def test_that_is_shipped_knows_the_shipped_rulesets() -> None:
    """A reason that is renamed would otherwise be stated, or pass for a specific one, unnoticed."""
    shipped = read_notices(SHIPPED_NOTICES.read_bytes())
    assert [one.id for one in shipped.due("US")] == ["us-equal-credit"]
    for codes in (shipped.broad, shipped.procedural):
        for policy, named in codes.items():
            ruleset = load((ROOT / "rulesets" / policy / "1.0.0.yaml").read_bytes())
            assert named <= set(ruleset.reasons)
