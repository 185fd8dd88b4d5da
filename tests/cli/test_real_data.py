"""Batches over real data, by the shipped rulesets and the documented mappings; skipped where it is not."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.portfolios import read
from tests.cli.shell import ROOT, Shell, environment

DATA = ROOT.parent / "shared" / "data"
INVOICES = DATA / "receivables" / "ibm_accounts_receivable.csv"
POLISH = DATA / "companies" / "polish_firms_year1.csv.gz"
AMERICAN = DATA / "companies" / "us_listed_firm_years_train.csv.gz"
MAPPINGS = ROOT / "docs" / "mappings"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no real data at {DATA}")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A store with the shipped rulesets in force that are asked here."""
    folder = tmp_path_factory.mktemp("shipped")
    for policy in ("collections-escalation", "credit-approval"):
        shutil.copytree(ROOT / "rulesets" / policy, folder / "rulesets" / policy)
    shell = Shell(folder, environment(folder, folder / "rulesets"))
    assert shell.run("rulesets", "publish-list").code == 0
    assert shell.run("rulesets", "sync", "--bootstrap").code == 0
    return shell


def batch(shell: Shell, policy: str, data: Path, mapping: str, *words: str):
    given = ("--mapping", MAPPINGS / f"{mapping}.yaml", "--out", "out.csv", "--json")
    done = shell.run("batch", policy, data, *given, *words)
    assert done.code == 0, done.err
    return done.json


def day(american: str) -> tuple[int, int, int]:
    month, day, year = map(int, american.split("/"))
    return year, month, day


def open_invoices(on: tuple[int, int, int]) -> list[str]:
    with INVOICES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [r["invoiceNumber"] for r in rows if day(r["InvoiceDate"]) <= on < day(r["SettledDate"])]


def test_every_open_invoice_of_a_day_is_decided_once(shipped) -> None:
    words = ("--as-of", "2013-06-30", "--by", "stage")
    summary = batch(shipped, "collections-escalation", INVOICES, "ibm_receivables", *words)
    decided = [row["reference"] for row in read(shipped.folder / "out.csv")]
    assert decided == open_invoices((2013, 6, 30))
    assert summary["rows"] == 2466
    assert sum(one["rows"] for one in summary["by"]["stage"]) == len(decided)


def test_days_in_order_give_each_invoice_each_rung_once(shipped) -> None:
    words = ("--every-day", "2013-06-01", "2013-06-03")
    batch(shipped, "collections-escalation", INVOICES, "ibm_receivables", *words)
    rungs = [(row["reference"], row["stage"]) for row in read(shipped.folder / "out.csv") if row["stage"]]
    assert len(rungs) == len(set(rungs)) > 20


@pytest.mark.long
@pytest.mark.parametrize(
    ("data", "mapping", "words", "least", "em"),
    [
        (POLISH, "polish_firms", ("--against", "bankrupt"), "0.73", "0.69"),
        (AMERICAN, "us_firms", ("--against", "failed", "--last-per", "firm_id"), "0.74", "0.66"),
    ],
)
def test_the_score_tells_failures_apart_better_than_the_em_score(
    shipped, data, mapping, words, least, em
) -> None:
    asked = (*words, "--by", "grade", "--score", "score", "--score", "em_score")
    summary = batch(shipped, "credit-approval", data, mapping, *asked)
    assert summary["decided"] == summary["rows"]
    scores = summary["hindsight"]["scores"]
    assert Decimal(scores["score"]["auc"]) >= Decimal(least)
    assert Decimal(scores["em_score"]["auc"]).quantize(Decimal("0.01")) == Decimal(em)
    assert scores["score"]["unknown"] == 0
    shares = [one["failures"] / one["rows"] for one in summary["hindsight"]["by"]["grade"]]
    assert shares == sorted(shares)
