"""Style sheet and scripts ..."""

from __future__ import annotations

from app.domain.people import Role
from app.web.pages import static_files
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.drafts import drafted, small


def test_are_kept_for_good_under_the_address_of_their_content(company: Company) -> None:
    answer = company.client().get(static_files.address("termwise.css"), buffered=True)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = company.client().get("/static/0123456789abcdef/termwise.css", buffered=True)
    assert other.status_code == 404
    assert other.headers["Cache-Control"] == "no-store"


def test_are_the_only_things_that_a_page_may_load(company: Company) -> None:
    answer = company.client(Role.AUDITOR).get("/", buffered=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    for inline in (" style=", "<style", " onclick=", "<script>"):
        assert inline not in answer.text


def test_need_no_more_than_three_requests_a_page(company: Company, visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    for address in ("/", drafted(company, "small", small("small"))):
        asked.clear()
        page.goto(address)
        assert page.locator("main").is_visible()
        assert len(asked) <= 3, asked
