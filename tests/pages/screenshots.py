"""``make screenshots``: a picture of every page, in both languages, narrow and wide, light and dark.

Each page that is to be seen has a line here; ``{decision}`` and the like are put in from the demonstration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.domain.people import Principal, Role
from app.services.referrals.worklist import ReferralsWanted
from tests.pages.company import Company, demonstration, opened
from tests.pages.driving import DESK, PHONE, Visit, chromium

FOLDER = Path(__file__).resolve().parents[2] / "var" / "screenshots"
PAGES: tuple[tuple[Role | None, str], ...] = (
    (None, "/sign-in"),
    *((role, "/") for role in Role),
    (Role.SALES, "/decisions/{decision}"),
    (Role.AUDITOR, "/decisions/{decision}"),
    (Role.SALES, "/decisions/{decision}/ways"),
    (Role.AUDITOR, "/decisions/{decision}/replay"),
    (Role.SALES, "/requests"),
    (Role.SALES, "/requests/new"),
    (Role.SALES, "/requests/new?customer=C-1001"),
    (Role.SALES, "/requests/new/payment-terms?customer=C-1001"),
    (Role.SALES, "/customers"),
    (Role.SALES, "/customers/C-1001"),
    (Role.CREDIT_OFFICER, "/customers/C-1001"),
    (Role.CREDIT_OFFICER, "/customers/C-1001/facts/credit_limit"),
    *(
        (Role.CREDIT_OFFICER, f"/rulesets/payment-terms/1.0.0/edit{view}")
        for view in ("", "/rules", "/parameters", "/cases", "/text")
    ),
    (Role.CREDIT_OFFICER, "/rulesets"),
    (Role.CREDIT_OFFICER, "/rulesets/payment-terms"),
    (Role.CREDIT_OFFICER, "/rulesets/payment-terms/use"),
    (Role.CREDIT_OFFICER, "/rulesets/payment-terms/rules/safeguards/term-too-long"),
    *(
        (Role.CREDIT_OFFICER, f"/rulesets/payment-terms/1.0.0{view}")
        for view in ("", "/rules", "/facts", "/cases", "/text", "/history")
    ),
    (Role.CREDIT_OFFICER, "/referrals"),
    (Role.CREDIT_OFFICER, "/referrals/{referral}"),
    (Role.CREDIT_OFFICER, "/referrals/{beyond}"),
    (Role.FINANCE, "/runs"),
    (Role.FINANCE, "/runs/{run}"),
    (Role.FINANCE, "/receivables"),
    (Role.FINANCE, "/receivables/stress"),
    (Role.SALES, "/nowhere"),
    (Role.AUDITOR, "/decisions"),
    (Role.AUDITOR, "/decisions/{decision}/proof"),
    (Role.AUDITOR, "/decisions/{decision}/letters"),
    (Role.AUDITOR, "/overrides"),
    (Role.AUDITOR, "/log"),
    (Role.ADMINISTRATOR, "/people"),
    (Role.ADMINISTRATOR, "/people/{person}"),
    (Role.ADMINISTRATOR, "/keys?owner=demo-sales"),
)
LOOKS = (*product(("en", "zh"), (PHONE, DESK), (False,)), ("en", DESK, True), ("zh", PHONE, True))


def names(company: Company) -> dict[str, str]:
    """What stands for the places in the addresses."""
    runs = company.services.runs
    begun = runs.begin("collections", runs.today(), by=None)
    run = runs.go(begun, 1, lambda done, total: None, lambda: False)
    company.services.sequencer.drain()
    return {
        "decision": company.unfavourable(Role.SALES),
        "person": str(company.person(Role.CREDIT_OFFICER).id),
        "referral": next(one["decision"] for one in _referrals(company) if one["may_settle"]),
        "beyond": next(one["decision"] for one in _referrals(company) if not one["may_settle"]),
        "run": str(run.id),
    }


def _referrals(company: Company) -> Iterator[Mapping[str, Any]]:
    """All open ones, as an officer is told of them."""
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    after = None
    while True:
        found = company.services.worklist.listed(ReferralsWanted(), officer, after=after)
        yield from found.referrals
        if (after := found.next) is None:
            return


def main() -> None:
    """Make all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        demonstration(Path(folder))
        with opened(Path(folder)) as company:
            places = names(company)
            for (role, path), (language, width, dark) in product(PAGES, LOOKS):
                visit = Visit(company, browser, role, language=language, width=width, dark=dark)
                visit.page.goto(path.format_map(places))
                name = re.sub(r"[^a-z0-9]+", "-", f"{role or 'anyone'}{path}".lower()).strip("-")
                look = f"{language}-{width}{'-dark' if dark else ''}"
                visit.page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=True)
                visit.close()
    print(f"{len(PAGES) * len(LOOKS)} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
