"""The log's page ..."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from playwright.sync_api import expect

from app.domain.people import Principal, Role
from app.domain.referrals import ResolutionRequest
from app.domain.settling import settling_outcomes
from app.services.referrals.worklist import ReferralsWanted
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits

POLICY = "payment-terms"


@pytest.fixture(scope="module", autouse=True)
def signed(company: Company) -> None:
    """Let the log be signed: no sequencer runs in these tests."""
    company.services.sequencer.drain()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_verifies_the_log_and_says_what_was_verified(visit: Visits, company: Company, script: bool) -> None:
    page = visit(Role.AUDITOR, script=script)
    page.goto("/log")
    expect(page.get_by_text("Its guards in the database all stand")).to_be_visible()
    page.get_by_role("button", name="Verify it now").click()
    expect(page.get_by_text("Whole.")).to_be_visible()
    expect(page.get_by_text("entries are as they were signed")).to_be_visible()
    company.services.sequencer.drain()
    page.goto("/log")
    expect(page.get_by_text(f"{company.person(Role.AUDITOR).name}, entries 0 to")).to_contain_text("whole")


def test_says_where_the_log_is_not_whole(company: Company) -> None:
    """A checkpoint outside that tells of more entries than there are: some were taken away."""
    folder = company.services.settings.checkpoints
    newest = max(folder.glob("[0-9]*-*"))
    kept, client = newest.read_bytes(), company.client(Role.AUDITOR)
    size = company.services.attesting.head().size
    try:
        newest.write_bytes(kept.replace(f"\n{size}\n".encode(), f"\n{size + 3}\n".encode()))
        answer = client.post("/log/verification", data={"csrf": company.csrf(client)}, buffered=True)
    finally:
        newest.write_bytes(kept)
    assert answer.status_code == 200
    assert "Not whole:" in answer.text


def test_finds_entries_and_who_did_them(company: Company) -> None:
    client, id = company.client(Role.AUDITOR), company.decision(policy=POLICY)
    text = client.get("/log", query_string={"kind": "decision", "policy": POLICY}, buffered=True).text
    assert f"/decisions/{id}" in text
    assert "sign-in</td>" not in text
    for query in ({"kind": "nothing"}, {"since": "soon"}, {"person": "nobody"}):
        assert client.get("/log", query_string=query, buffered=True).status_code == 422


def test_gives_the_whole_log(company: Company) -> None:
    client, size = company.client(Role.AUDITOR), company.services.attesting.head().size
    answer = client.post("/log/export", data={"csrf": company.csrf(client)}, buffered=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="log.ndjson"'
    assert sum("leaf" in json.loads(line) for line in answer.text.splitlines()) == size


def test_proves_a_decision(visit: Visits, company: Company) -> None:
    page, id = visit(Role.AUDITOR, language="zh"), company.decision(policy=POLICY)
    page.goto(f"/decisions/{id}")
    page.get_by_role("link", name="日志收录证明").click()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证明").click()
    assert json.loads(download.value.path().read_text())["id"] == id


def test_shows_how_overrides_went(visit: Visits, company: Company) -> None:
    services, officer = company.services, company.person(Role.CREDIT_OFFICER)
    principal = Principal(officer, signed_in_at=services.deciding.now())
    waiting = services.worklist.listed(
        ReferralsWanted(policy=POLICY, mine=True), principal, limit=3
    ).referrals
    assert waiting
    ruleset = services.auditing.ruleset(UUID(waiting[0]["decision"]))
    assert ruleset.referrals is not None
    outcome, reason = settling_outcomes(ruleset)[-1], next(iter(ruleset.referrals.reasons))
    services.settling.settle(
        UUID(waiting[0]["decision"]), ResolutionRequest(outcome, reason, note="seen"), principal
    )
    page = visit(Role.AUDITOR)
    page.goto("/overrides")
    expect(page.get_by_role("img", name="Settled and overridden, month by month")).to_be_visible()
    expect(page.get_by_role("link", name=officer.name)).to_be_visible()
    accessible(page)
    page.get_by_label("Count").select_option("reason")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="By reason")).to_be_visible()


@pytest.mark.parametrize(("width", "language", "dark"), [(PHONE, "zh", True), (DESK, "en", False)])
def test_fits_and_is_accessible(visit: Visits, width: int, language: str, dark: bool) -> None:
    page = visit(Role.AUDITOR, width=width, language=language, dark=dark)
    page.goto("/log")
    assert fits(page)
    accessible(page)
