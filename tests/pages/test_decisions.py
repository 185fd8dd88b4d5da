"""A decision's page ..."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import expect

from app.domain.explanation import StepExplanation
from app.domain.people import Role
from app.domain.rules import Scorecard
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits

POLICY = "payment-terms"
MOST_BYTES, MOST_REQUESTS = 100_000, 3


def test_shows_an_auditor_every_rule_and_why(visit: Visits, company: Company) -> None:
    page = visit(Role.AUDITOR)
    page.goto(f"/decisions/{company.decision(policy=POLICY)}")
    expect(page.get_by_role("heading", name="Every rule, step by step")).to_be_visible()
    silent = page.get_by_role("group").filter(has_text="The others, and why not").first
    silent.get_by_text("The others, and why not").click()
    expect(silent.get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("img", name="The way through the steps")).to_be_visible()
    accessible(page)


def test_leads_from_every_rule_to_its_line_in_the_text_of_that_day(company: Company) -> None:
    client, id = company.client(Role.AUDITOR), UUID(company.decision(policy=POLICY))
    shown = client.get(f"/decisions/{id}", buffered=True).text
    ruleset = company.services.auditing.ruleset(id)
    lines = company.services.policies.text(ruleset.digest).decode().split("\n")
    address = f"/rulesets/{POLICY}/{ruleset.version}/text"
    rules = [rule for step in ruleset.match_steps if not isinstance(step, Scorecard) for rule in step.rules]
    for rule in rules:
        assert f'href="{address}?line={rule.line}#L{rule.line}"' in shown
        assert rule.id in lines[rule.line - 1]
    last = rules[-1].line
    assert f'id="L{last}"' in client.get(f"{address}?line={last}", buffered=True).text


def test_says_the_value_that_decided_and_where_it_came_from(company: Company) -> None:
    client, id = company.client(Role.AUDITOR), UUID(company.decision(policy="credit-approval"))
    shown = client.get(f"/decisions/{id}", buffered=True).text
    for step in company.services.auditing.explanation(id).steps:
        if isinstance(step, StepExplanation):
            silent = sum(rule.fired is None for rule in step.rules)
            assert f'id="step-{step.step.id}"' in shown
            assert f"{len(step.rules) - silent} of {len(step.rules)} rules apply" in shown
    assert "sent with the request" in shown
    assert "asked for: " in shown


def test_shows_sales_the_answer_and_no_rule(company: Company) -> None:
    client, id = company.client(Role.SALES), company.decision(Role.SALES, policy=POLICY)
    text = client.get(f"/decisions/{id}", buffered=True).text
    assert "Why" in text
    for hidden in ("Every rule", "does not apply", "The same again", 'class="steps"'):
        assert hidden not in text


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_finds_ways_forward(visit: Visits, company: Company, script: bool) -> None:
    page, id = visit(Role.SALES, script=script), company.unfavourable(Role.SALES)
    page.goto(f"/decisions/{id}")
    page.get_by_role("link", name="Look for ways forward").click()
    expect(page.get_by_role("link", name="Look for ways forward")).to_have_count(0)
    expect(page).to_have_url(f"{company.url}/decisions/{id}{'' if script else '/ways'}")
    if script:
        accessible(page)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_is_replayed(visit: Visits, company: Company, script: bool) -> None:
    page = visit(Role.CREDIT_OFFICER, script=script)
    page.goto(f"/decisions/{company.decision()}")
    page.get_by_role("link", name="Replay on the text of that day").click()
    expect(page.get_by_text("Both engines give the same decision")).to_be_visible()


@pytest.mark.parametrize(("width", "dark", "language"), [(PHONE, False, "zh"), (DESK, True, "en")])
def test_fits_and_is_accessible(
    visit: Visits, company: Company, width: int, dark: bool, language: str
) -> None:
    page = visit(Role.CREDIT_OFFICER, width=width, dark=dark, language=language)
    page.goto(f"/decisions/{company.decision(policy=POLICY)}")
    assert fits(page)
    accessible(page)


def test_is_small_for_every_policy(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    sizes = {
        policy: len(client.get(f"/decisions/{company.decision(policy=policy)}", buffered=True).data)
        for policy in company.services.policies.names()
    }
    assert {policy: size for policy, size in sizes.items() if size > MOST_BYTES} == {}


def test_needs_few_requests(visit: Visits, company: Company) -> None:
    page = visit(Role.AUDITOR)
    asked: list[str] = []
    page.on("request", lambda request: None if request.url.startswith("data:") else asked.append(request.url))
    page.goto(f"/decisions/{company.decision(policy=POLICY)}")
    assert len(asked) <= MOST_REQUESTS


def test_says_what_is_wrong_with_an_address(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER, language="zh")
    for path in ("/decisions/nothing", "/nowhere"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("此处没有内容")
        accessible(page)
