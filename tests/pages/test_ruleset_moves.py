"""A version goes by its pages ..."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from app.domain.people import Principal, Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits

POLICY = "collections-s4"
SECOND = "demo-officer-2"
PATIENCE = 60_000
"""Milliseconds that a proof may take on a busy machine."""


def drafted(company: Company, version: str) -> str:
    """A draft of the policy by the demo officer; its address."""
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    company.services.drafting.create(officer, POLICY, version, source="1.0.0")
    return f"/rulesets/{POLICY}/{version}"


def sent(company: Company, client: FlaskClient, path: str, **form: str) -> TestResponse:
    """A form of that page as it stands, with what is filled in."""
    text = client.get(path, buffered=True).text
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    return client.post(path.partition("?")[0], data={**held, **form}, buffered=True)


def filled(page: Page, button: str, why: str = "") -> None:
    if why:
        page.get_by_label("Why").fill(why)
    page.get_by_role("button", name=button, exact=True).click(timeout=PATIENCE)


def test_from_a_draft_into_force_and_back(visit: Visits, company: Company) -> None:
    first, second = visit(Role.CREDIT_OFFICER, script=False), visit(SECOND, script=False)
    first.goto(f"/rulesets/{POLICY}")
    first.get_by_role("link", name="New draft").click()
    first.get_by_role("button", name="Make the draft").click()
    expect(first).to_have_url(f"{company.url}/rulesets/{POLICY}/1.1.0")
    first.get_by_role("link", name="Submit for approval").click()
    filled(first, "Submit", "For the new season")
    expect(first.get_by_text("Waits for approval")).to_be_visible()
    expect(first.get_by_role("link", name="Approve")).to_have_count(0)

    second.goto(f"/rulesets/{POLICY}/1.1.0")
    second.get_by_role("link", name="Approve").click()
    second.get_by_role("link", name="I have read it, go on").click()
    filled(second, "Approve this text")
    second.get_by_role("link", name="Activate").click()
    filled(second, "Activate")
    expect(second.get_by_text("In force")).to_be_visible()

    second.goto(f"/rulesets/{POLICY}/1.0.0")
    second.get_by_role("link", name="Roll back to it").click()
    filled(second, "Roll back to it", "The season is over")
    second.get_by_role("link", name="History").click()
    expect(second.get_by_role("cell", name="The season is over")).to_be_visible()


def test_by_forms_that_are_accessible(visit: Visits, company: Company) -> None:
    page, base = visit(Role.CREDIT_OFFICER, language="zh", width=PHONE), drafted(company, "1.7.0")
    for place in ("submission", "retirement"):
        page.goto(f"{base}/{place}")
        fits(page)
        accessible(page)
    page.goto(f"/rulesets/{POLICY}/drafts")
    accessible(page)


def test_into_force_on_a_later_day(company: Company) -> None:
    base, client = drafted(company, "1.2.0"), company.client(SECOND)
    assert sent(company, company.client(Role.CREDIT_OFFICER), f"{base}/submission").status_code == 303
    digest = company.services.versions.one(POLICY, "1.2.0").digest
    assert sent(company, client, f"{base}/approval?text={digest}").status_code == 303
    later = (company.services.deciding.now() + timedelta(days=3)).strftime("%Y-%m-%dT09:00")
    assert sent(company, client, f"{base}/activation", when="later", effective_from="soon").status_code == 422
    assert sent(company, client, f"{base}/activation", when="later", effective_from=later).status_code == 303
    planned = company.services.versions.one(POLICY, "1.2.0").scheduled_for
    assert planned is not None
    assert planned.strftime("%Y-%m-%dT%H:%M") == later
    assert sent(company, client, f"{base}/withdrawal").status_code == 303
    assert company.services.versions.one(POLICY, "1.2.0").scheduled_for is None


def test_back_to_its_authors_with_a_reason(company: Company) -> None:
    base, client = drafted(company, "1.3.0"), company.client(SECOND)
    sent(company, company.client(Role.CREDIT_OFFICER), f"{base}/submission")
    refused = sent(company, client, f"{base}/return")
    assert refused.status_code == 422
    assert "<code>reason</code>" in refused.text
    assert sent(company, client, f"{base}/return", reason="Say why").status_code == 303
    assert company.services.versions.one(POLICY, "1.3.0").state == "draft"


def test_nowhere_for_its_author_alone(company: Company) -> None:
    base, client = drafted(company, "1.4.0"), company.client(Role.CREDIT_OFFICER)
    form = client.get(f"{base}/approval", buffered=True)
    assert "It does not stand where this can be done" in form.text
    sent(company, client, f"{base}/submission")
    form = client.get(f"{base}/approval", buffered=True)
    assert "You wrote a part of it" in form.text
    assert "Approve this text" not in form.text


def test_unmoved_by_a_form_that_saw_another_state(company: Company) -> None:
    base, client = drafted(company, "1.5.0"), company.client(Role.CREDIT_OFFICER)
    seen = company.services.versions.one(POLICY, "1.5.0").tag
    assert sent(company, client, f"{base}/submission").status_code == 303
    again = client.post(
        f"{base}/submission", data={"csrf": company.csrf(client), "seen": seen}, buffered=True
    )
    assert again.status_code == 412
    unsaid = client.post(f"{base}/submission", data={"csrf": company.csrf(client)}, buffered=True)
    assert unsaid.status_code == 422


def test_out_to_a_workbook_and_back(company: Company) -> None:
    base, client = drafted(company, "1.6.0"), company.client(Role.CREDIT_OFFICER)
    workbook = client.get(f"{base}/tables/xlsx", buffered=True)
    assert workbook.headers["Content-Disposition"] == f'attachment; filename="{POLICY}-1.6.0.xlsx"'
    seen = company.services.versions.one(POLICY, "1.6.0").tag
    form = {"csrf": company.csrf(client), "seen": seen}
    back = {**form, "file": (io.BytesIO(workbook.data), "tables.xlsx")}
    answer = client.post(f"{base}/tables", data=back, buffered=True)
    assert (answer.status_code, "The file says what the version says already." in answer.text) == (200, True)
    broken = {**form, "file": (io.BytesIO(b"no workbook"), "tables.xlsx")}
    assert client.post(f"{base}/tables", data=broken, buffered=True).status_code == 422
    assert client.post(f"{base}/tables", data=form, buffered=True).status_code == 422
