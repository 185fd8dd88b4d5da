"""Driving Debian's Chromium, and noticing whatever it complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from app.domain.people import Role
from tests.pages.company import Company

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = 390, 1280
_LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
_STATUS = "Failed to load resource"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; raises ``RuntimeError`` with what to do where none is installed."""
    program = os.environ.get("TERMWISE_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise RuntimeError(
            "The pages are tested in Chromium, and there is none:"
            " sudo apt-get install -y chromium fonts-noto-cjk"
            " (or say where another is: TERMWISE_CHROMIUM=/path/to/chromium)"
        )
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def accessible(page: Page) -> None:
    """Assert that axe finds no violation in what is shown."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> bool:
    """Whether the page, whatever scrolls inside itself, is no wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


class Visit:
    """One signed-in browser window. ``faults`` is what went wrong in it."""

    def __init__(
        self,
        company: Company,
        browser: Browser,
        who: Role | str | None = None,
        *,
        language: str = "en",
        width: int = DESK,
        script: bool = True,
        dark: bool = False,
    ) -> None:
        self.faults: list[str] = []
        self._context = browser.new_context(
            base_url=company.url,
            locale=_LANGUAGES[language],
            viewport={"width": width, "height": 844 if width == PHONE else 900},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        if who is not None:
            self._context.add_cookies([company.cookie(who)])  # type: ignore[list-item]
        self.page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("response", self._answered)

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_STATUS):
            self.faults.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        """A page may answer 403 or 422; a file that a page asks for is there."""
        if response.status >= 400 and response.request.resource_type not in ("document", "fetch"):
            self.faults.append(f"{response.status} {response.url}")
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")
