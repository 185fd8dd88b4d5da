"""The page on receivables names every document, field, measure and figure as the code has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.receivables.documents import FORMS
from app.domain.receivables.measures import MEASURES
from app.domain.receivables.portfolio import FIGURES
from schemas.receivables.mapping import read_document_mapping

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/receivables.md").read_text(encoding="utf-8")


def test_has_a_row_for_every_measure_and_figure_with_its_formula_and_source() -> None:
    wanted = [
        f"| `{one.name}` | {one.label.en}, {one.label.zh} | {one.unit} | {one.formula} | {one.source} |"
        for one in MEASURES.values()
    ]
    wanted += [
        f"| `{name}` | {en}, {zh} | {formula} | {source} |"
        for name, (en, zh, _, formula, source) in FIGURES.items()
    ]
    assert [row for row in wanted if row not in PAGE] == []


def test_has_every_kind_of_document_with_its_fields() -> None:
    for kind, form in FORMS.items():
        assert f"| `{kind}` |" in PAGE
        for name, field in form.items():
            assert (
                f"| `{name}` | {field.type}{'' if field.needed else ', may be empty'} | {field.about}" in PAGE
            )


@pytest.mark.parametrize(
    ("mapping", "header"),
    [
        ("ibm_ledger", "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate"),
        ("food_ledger", "cust_number,due_date,clear_date,days_late,amount"),
    ],
)
def test_names_mappings_that_can_be_read(mapping: str, header: str) -> None:
    assert f"mappings/{mapping}.yaml" in PAGE
    read_document_mapping((ROOT / f"docs/mappings/{mapping}.yaml").read_bytes(), header.split(","), "CNY")
