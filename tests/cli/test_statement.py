"""``termwise statement`` ..."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests import stated
from tests.cli.shell import Shell, new_shell
from tests.web.service import FACTS


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell whose company has said who it is."""
    bare = new_shell(tmp_path_factory.mktemp("statement"))
    (bare.folder / "rulesets" / stated.POLICY).mkdir()
    bare.write(f"rulesets/{stated.POLICY}/1.0.0.yaml", stated.TEXT.decode())
    assert bare.run("rulesets", "publish-list").code == 0
    assert bare.run("rulesets", "sync", "--bootstrap").code == 0
    return Shell(bare.folder, {**bare.environment, **stated.COMPANY, **stated.NOTICES})


def decided(shell: Shell, **facts: object) -> str:
    shell.write("facts.json", json.dumps({**FACTS, **facts}))
    made = shell.run("decide", stated.POLICY, "facts.json", "--customer", "C-1", "--json")
    assert made.code == 0, made.err
    return str(made.json["id"])


def test_prints_the_reasons_for_the_customer(company: Shell) -> None:
    done = company.run("statement", decided(company), "--lang", "en", "--country", "US")
    assert (done.code, done.err) == (0, "")
    for words in ("Example Trading", "Countered", "The longest term we can give", "The Act prohibits it."):
        assert words in done.out


@pytest.mark.parametrize("form", ["pdf", "html", "json"])
def test_writes_the_form_that_the_file_is_called(company: Shell, form: str) -> None:
    id = decided(company)
    assert company.run("statement", id, "--lang", "zh", "--out", f"a-{form}.{form}").code == 0
    assert company.run("statement", id, "--lang", "zh", "--out", f"b-{form}.{form}", "--unrecorded").code == 0
    written = company.folder / f"a-{form}.{form}"
    assert written.read_bytes() == (company.folder / f"b-{form}.{form}").read_bytes()
    assert written.stat().st_mode & 0o077 == 0
    text = PdfReader(written).pages[0].extract_text() if form == "pdf" else written.read_text("utf-8")
    assert "示例贸易" in text


def test_leaves_an_entry_unless_told_not_to(company: Shell) -> None:
    id = decided(company)
    assert company.run("statement", id, "--unrecorded").code == 0
    assert company.run("statement", id).code == 0
    with company.services() as services:
        found = services.store.decisions.entries("statement", limit=1000)
        clear = [json.loads(one.leaf)["clear"] for one in found]
    assert [one["role"] for one in clear if one["decision"] == id] == ["operator"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--out", "reasons.docx"], "ends in .pdf, .html or .json"),
        (["--out", "facts.json"], "is there already"),
        (["--country", "usa"], "two capitals"),
    ],
)
def test_refuses_what_it_cannot_do(company: Shell, words: list[str], says: str) -> None:
    done = company.run("statement", decided(company), *words)
    assert done.code == 2
    assert says in done.err


def test_says_of_which_decisions_there_is_one(company: Shell) -> None:
    done = company.run("statement", decided(company, requested_net_days=30))
    assert done.code == 2
    assert "was favourable" in done.err


def test_says_what_is_missing_before_it_can_be_sent(company: Shell) -> None:
    bare = Shell(company.folder, {k: v for k, v in company.environment.items() if "COMPANY" not in k})
    done = bare.run("statement", decided(company), "--lang", "en", "--out", "bare.html")
    assert done.code == 0
    assert "set TERMWISE_COMPANY, TERMWISE_COMPANY_ADDRESS" in done.err
    assert "Not ready to be sent" in Path(company.folder, "bare.html").read_text("utf-8")
