"""The six pictures of the README: ``python -m tests.pages.pictures``.

What they show is done on the demonstration as a person does it: a request that is countered with its ways
forward, on a phone in either language, a referral, a draft in the editor with what is wrong beside it, the
stress test, and a decision as an auditor reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from app.domain.people import Principal, Role
from tests.pages.company import Company, demonstration, opened
from tests.pages.driving import DESK, PHONE, Visit, chromium
from tests.pages.screenshots import names
from tests.pages.selling import NEAR, ORDER, POLICY, fill_in, near_limit

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def asked(page: Page, company: Company) -> None:
    """The answer to a request for 90 days of a customer near the limit, with what would make it work."""
    del company
    page.goto(f"/requests/new/{POLICY}?customer={NEAR}")
    fill_in(page, **ORDER)
    page.locator("main form button.main").first.click()
    page.locator(".ways .card").first.wait_for()


def referred(page: Page, company: Company) -> None:
    """A referral that waits, with everything that is known about its customer."""
    page.goto(f"/referrals/{names(company)['referral']}")


def edited(page: Page, company: Company) -> None:
    """A table in the editor, with a value that is none beside its cell and among the checks."""
    versions = company.services.versions
    made = versions.text(versions.one(POLICY, "1.0.0")).replace(b"version: 1.0.0", b"version: 1.1.0", 1)
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    company.services.drafting.create(officer, POLICY, "1.1.0", text=made)
    page.goto(f"/rulesets/{POLICY}/1.1.0/edit")
    page.locator("tr[id='row-premium-open'] td").nth(2).click()
    page.keyboard.type("premium, near_premum")
    page.keyboard.press("Enter")
    page.locator("#findings li").first.wait_for()


def stressed(page: Page, company: Company) -> None:
    """The stress test over the receivables."""
    del company
    page.goto("/receivables/stress")


def audited(page: Page, company: Company) -> None:
    """A decision with every rule, in Chinese."""
    page.goto(f"/decisions/{company.unfavourable(policy=POLICY)}")
    page.locator("#way").evaluate("place => place.scrollIntoView()")


PICTURES: tuple[tuple[str, Role, str, int, bool, Callable[[Page, Company], None]], ...] = (
    ("answer", Role.SALES, "en", PHONE, False, asked),
    ("answer-zh", Role.SALES, "zh", PHONE, True, asked),
    ("referral", Role.CREDIT_OFFICER, "en", DESK, False, referred),
    ("editor", Role.CREDIT_OFFICER, "en", DESK, False, edited),
    ("stress", Role.FINANCE, "en", DESK, False, stressed),
    ("decision", Role.AUDITOR, "zh", DESK, False, audited),
)


def main() -> None:
    """Make all six anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        demonstration(Path(folder))
        with opened(Path(folder)) as company:
            near_limit(company)
            for name, role, language, width, dark, show in PICTURES:
                visit = Visit(company, browser, role, language=language, width=width, dark=dark)
                show(visit.page, company)
                visit.page.screenshot(path=FOLDER / f"{name}.png")
                visit.close()
    print(f"{len(PICTURES)} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
