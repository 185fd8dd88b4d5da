"""``termwise receivables``: files in, with what was refused; measures, reports and a picture out."""

from __future__ import annotations

import gzip

import pytest

from tests.cli.shell import ROOT, Shell

MAPPINGS = ROOT / "docs" / "mappings"
REAL = ROOT.parent / "shared" / "data" / "receivables"
INVOICES = """number,customer,issued_on,due_on,amount
1,C-1,2026-01-01,2026-01-31,100.00
2,C-1,2026-01-01,2026-03-31,50.555
"""


def test_imports_a_file_tells_what_is_refused_and_shows_what_is_owed(shell: Shell) -> None:
    path = shell.write("invoices.csv", INVOICES)
    words = ("receivables", "import", path, "--kind", "invoice", "--report", "refused.csv")
    done = shell.run(*words, "--dry-run", "--json")
    assert (done.code, done.json["new"], done.json["refused"], done.json["import"]) == (1, 1, 1, None)
    assert shell.run(*words).code == 1
    assert "3,column amount: `50.555` has too many digits" in (path.parent / "refused.csv").read_text()
    shown = shell.run("receivables", "show", "C-1", "--as-of", "2026-02-10", "--lang", "zh")
    assert "风险敞口" in shown.out
    assert "100.00" in shown.out
    assert shell.run("receivables", "show", "C-1", "--as-of", "2025-02-10").code == 2
    report = shell.run("receivables", "report", "--as-of", "2026-02-10", "--json").json
    assert report["ageing"]["ladder"]["7-14"] == "100.00"
    stress = shell.run("receivables", "stress", "--as-of", "2026-02-10", "--svg", "gap.svg")
    assert "The largest customer fails" in stress.out
    assert (path.parent / "gap.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give --mapping, or --kind"),
        (("--kind", "invoice", "--mapping", "m.yaml"), "give --mapping, or --kind"),
        (("--mapping", "missing.yaml"), "missing.yaml"),
        (("--kind", "payment"), "column `issued_on` is no fact of a document of the kind payment"),
    ],
)
def test_says_what_would_be_right(shell: Shell, words: tuple[str, ...], said: str) -> None:
    done = shell.run("receivables", "import", shell.write("invoices.csv", INVOICES), *words)
    assert done.code == 2
    assert said in done.err


@pytest.mark.skipif(not REAL.is_dir(), reason=f"there is no real data at {REAL}")
def test_real_ledgers_come_in_by_the_mappings_of_the_documentation(shell: Shell) -> None:
    for file, mapping, rows, documents in (
        ("ibm_accounts_receivable", "ibm_ledger", 2466, 5493),
        ("food_distribution_paid_invoices_h1_2019", "food_ledger", 16046, 32092),
    ):
        content = (REAL / f"{file}.csv").read_bytes()
        path = shell.write(f"{mapping}.csv.gz", "")
        path.write_bytes(gzip.compress(content, mtime=0))
        given = ("receivables", "import", path, "--mapping", MAPPINGS / f"{mapping}.yaml", "--json")
        done = shell.run(*given)
        assert done.code == 0, done.err
        assert (done.json["read"], done.json["new"], done.json["refused"]) == (rows, documents, 0)
    report = shell.run("receivables", "report", "--as-of", "2013-06-30", "--json").json
    figures = {one["name"]: one["value"] for one in report["figures"]}
    assert (figures["receivables"], figures["dso"], figures["best_possible_dso"]) == (
        "5119.85",
        "23.15",
        "19.37",
    )
