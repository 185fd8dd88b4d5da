"""Runs over HTTP: which there were, and whose work they found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.receivables.documents import Document, DocumentKind
from tests.web.service import Service, serving, told

RULESET = (Path(__file__).resolve().parents[1] / "cli/rulesets/reminders/1.0.0.yaml").read_bytes()
RUNS = """
reminding:
  label: {en: Reminding, zh: 提醒}
  policy: reminders
  each: invoice
  facts: {due_date: due_date, open_amount: open_amount, disputed: disputed}
  worklist:
    {outcomes: [act], owner: class, otherwise: desk, action: rung, amount: points, next: class,
     worst_by: rung}
"""
DAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service in which invoices 1 (three days late) and 2 (twelve) of C-1, and 3 of C-2, were run over."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "runs.yaml").write_text(RUNS, "utf-8")
    with serving(folder, RULESET, TERMWISE_RUNS=str(folder / "runs.yaml")) as service:
        invoices = [("1", "C-1", 12), ("2", "C-1", 3), ("3", "C-2", 12)]
        documents = [
            Document(
                DocumentKind.INVOICE, number, who, date(2025, 12, 1), due_on=date(2026, 1, day), amount=1
            )
            for number, who, day in invoices
        ]
        service.services.store.receivables.write(documents, UUID(int=1))
        runs = service.services.runs
        runs.go(runs.begin("reminding", DAY, by=None), 1, lambda done, total: None, lambda: False)
        yield service


def test_runs_are_listed_with_what_they_came_to(shared: Service) -> None:
    listed = told(shared.get("/v1/runs", run="reminding"))
    (one,) = listed["runs"]
    assert (one["counts"]["decided"], one["done_until"], listed["next"]) == (3, "C-2", None)
    assert told(shared.get(f"/v1/runs/{one['id']}")) == one
    assert shared.get("/v1/runs", run="running").status_code == 404
    assert shared.get("/v1/runs", limit="0").status_code == 422
    assert shared.get(f"/v1/runs/{UUID(int=5)}").status_code == 404
    assert shared.get("/v1/runs/today").status_code == 404


def test_a_worklist_comes_by_customer_with_the_worst_leading_and_page_by_page(shared: Service) -> None:
    (one,) = told(shared.get("/v1/runs"))["runs"]
    path = f"/v1/runs/{one['id']}/worklist"
    whole = told(shared.get(path))
    assert [(each["reference"], each["leads"], each["stage"]) for each in whole["work"]] == [
        ("1", False, "FIRST"),
        ("2", True, "SECOND"),
        ("3", True, "FIRST"),
    ]
    first = told(shared.get(path, limit="1"))
    assert (len(first["work"]), first["next"]) == (2, "C-1")
    rest = told(shared.get(path, limit="1", after="C-1"))["work"]
    assert [each["customer"] for each in rest] == ["C-2"]
    others = told(shared.get(path, owner="A"))["work"]
    assert [(each["reference"], each["leads"]) for each in others] == [("1", False), ("3", True)]
    assert told(shared.get(path, owner="nobody"))["work"] == []
