"""A rule's own page ..."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.domain.people import Principal, Role
from app.services.recording import Wanted
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits

POLICY = "payment-terms"
RULE = f"/rulesets/{POLICY}/rules/base-terms/good"


@pytest.fixture(scope="module", autouse=True)
def versions(company: Company) -> None:
    """A draft with another longest term, and one in which the rule itself says something else."""
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    for number, source, change in (
        ("1.1.0", "1.0.0", (rb"(max_balance_days: +\{type: days, value: )90", rb"\g<1>60")),
        ("1.2.0", "1.1.0", (rb"(\{id: good, .*then: \[max_balance_days, )0%", rb"\g<1>10%")),
    ):
        made = company.services.drafting.create(officer, POLICY, number, source=source)
        text = re.sub(*change, company.services.versions.text(made))
        company.services.drafting.edit(officer, POLICY, number, text, seen=None)


def test_is_reached_from_a_decision_and_tells_how_it_changed(visit: Visits, company: Company) -> None:
    held = company.services.auditing.search(Wanted(policy=POLICY), after=None, limit=100).decisions
    number = sum("base-terms/good" in one["rules"] for one in held)
    one = next(one for one in held if "base-terms/good" in one["rules"])
    page = visit(Role.AUDITOR)
    page.goto(f"/decisions/{one['id']}")
    page.locator(f'a[href="{RULE}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Credit grade B")
    expect(page.get_by_role("row", name=f"1.0.0 {len(held)} {number} 0", exact=True)).to_be_visible()
    expect(page.locator(f'a[href="/decisions/{one["id"]}"]')).to_be_visible()
    history = page.locator("#history ~ .table tbody tr")
    expect(history.nth(0)).to_contain_text("Its text changed")
    expect(history.nth(1)).to_contain_text("what it names changed")
    expect(history.nth(1)).to_contain_text("60 days (Longest balance term)")
    expect(history.nth(2)).to_contain_text("It was added")
    accessible(page)


def test_is_read_in_chinese_on_a_phone(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER, language="zh", width=PHONE)
    page.goto(f"/rulesets/{POLICY}/rules/safeguards/term-too-long?weeks=52")
    expect(page.get_by_text("文本未变，但其引用的内容有改动")).to_be_visible()
    assert fits(page)
    accessible(page)
