"""A page in Chinese ..."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.drafts import drafted, small
from tests.pages.selling import POLICY

OFFICER = Role.CREDIT_OFFICER
NUMBERS = count(1)
LABEL = "Spreadsheet of the branch"
"""What somebody called a key of the demonstration."""
_SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z']+\b[ ,]+){3,}[a-z]+")
_APART = frozenset({"code", "pre", "script", "style", "textarea", "svg", "button"})
"""What is code, what somebody wrote, and the names of the languages."""


class _Read(HTMLParser):
    """The words of a page, as a reader has them; without code and names."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _APART:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.words.append(re.sub(r"`[^`]*`", " ", data))


def english(page: str) -> list[str]:
    """The runs of four English words and more that a page shows outside of code."""
    reader = _Read()
    reader.feed(page.replace(LABEL, ""))
    return [found for one in reader.words for found in _SENTENCE.findall(" ".join(one.split()))]


@pytest.fixture
def draft(company: Company) -> str:
    """Where a small draft of the test's own is edited."""
    policy = f"worded-{next(NUMBERS)}"
    return drafted(company, policy, small(policy))


def reader(company: Company, who: Role | str) -> FlaskClient:
    """A client whose pages are in Chinese."""
    client = company.client(who)
    client.set_cookie("termwise_language", "zh")
    return client


def sent(company: Company, client: FlaskClient, path: str, **form: Any) -> str:
    """The page that answers a form, which holds what went wrong; nothing where all was right."""
    answer = client.post(path, data={"csrf": company.csrf(client), **form}, buffered=True)
    assert answer.status_code < 500
    return "" if answer.status_code == 303 else answer.text


def checked(company: Company, address: str, old: str, new: str) -> str:
    """The editor's answer to the draft's text with ``new`` in the place of ``old``."""
    policy = address.split("/")[2]
    stored = company.services.editing.opened(policy, "1.0.0")
    text, tag = stored.text.decode(), company.services.versions.one(policy, "1.0.0").tag
    assert old in text
    form = {"text": text.replace(old, new), "tag": tag, "do": "check"}
    return sent(company, reader(company, OFFICER), f"{address}/text", **form)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("amount * 2", "amount * ", "因为它过早结束"),
        ("amount * 2", "amuont * 2", "未声明；是否指"),
        ("amount * 2", "twice_of(amount)", "没有函数 twice_of"),
        ('"> longest"', '"> longst"', "不是参数；是否指"),
        ('"> 1_000.00"', '"> 1_000.005"', "位数过多"),
        ("hit_policy: UNIQUE", "hit_policy: ONLY", "ONLY"),
        ("inputs: [grade, amount]", "inputs", "YAML"),
        ("kind: favourable", "kind: good", "good"),
        ("min: 0.01", "min: much", "不是金额"),
        ("facts:", "facst:", "facst"),
        ("min: 0.01", "least: 0.01", "不是此处的键"),
    ],
)
def test_says_what_is_wrong_with_a_text(company: Company, draft: str, old: str, new: str, said: str) -> None:
    page = checked(company, draft, old, new)
    assert said in page
    assert english(page) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('"> 1_000.00"', '"> 2_000.00"', "以下情形没有一行成立"),
        ('"> 1_000.00"', '"> 500.00"', "两行同时成立"),
        ("when: [C, -]", 'when: [C, "< 0.00"]', "永不成立"),
        ("net_days: 90}", "net_days: 80}", "net_days 预期为 80，实际为 90"),
        ("reasons: [TOO_LONG]}", "reasons: []}", "预期理由为 无，实际为 TOO_LONG"),
        ("fires_on: {days: 91}", "fires_on: {days: 90}", "不符；它未成立"),
    ],
)
def test_says_what_the_proof_found(company: Company, old: str, new: str, found: str) -> None:
    policy = f"worded-{next(NUMBERS)}"
    made = small(policy).decode().replace("name: The longest term is for the best", "name: best")
    assert old in made
    drafted(company, policy, made.replace(old, new).encode())
    digest = company.services.versions.one(policy, "1.0.0").digest
    page = reader(company, OFFICER).get(f"/rulesets/{policy}/1.0.0/checks/{digest}", buffered=True).text
    assert found in re.sub("<[^>]+>", "", page)
    assert english(page) == []


def test_says_why_a_version_does_not_move(company: Company, draft: str) -> None:
    policy, base = draft.split("/")[2], draft.removesuffix("/edit")
    author = reader(company, OFFICER)

    def moved(move: str) -> str:
        version = company.services.versions.one(policy, "1.0.0")
        return sent(company, author, f"{base}/{move}", seen=version.tag, text=version.digest)

    early = moved("approval")
    assert "现为草稿：只有已提交的版本可以批准" in early
    assert english(early) == []
    assert moved("submission") == ""
    own = moved("approval")
    assert "您编写了" in own
    assert english(own) == []


def test_says_what_a_form_of_facts_takes(company: Company) -> None:
    client = reader(company, Role.SALES)
    page = sent(company, client, f"/requests/new/{POLICY}", **{"fact.order_amount": "much", "key": "x"})
    assert english(page) == []


def test_says_what_is_not_there(company: Company) -> None:
    nothing = "00000000-0000-7000-8000-000000000000"
    for path, said in (
        (f"/decisions/{nothing}", "没有决策"),
        ("/rulesets/payment-term", "没有政策 payment-term"),
        ("/rulesets/payment-terms/9.0.0", "没有版本 9.0.0"),
        ("/decisions?from=someday", ""),
        ("/runs/no-such", "没有批次"),
    ):
        page = reader(company, Role.AUDITOR).get(path, buffered=True).text
        assert said in page
        assert english(page) == [], path


def test_says_whose_a_referral_is(company: Company) -> None:
    client, listed = reader(company, OFFICER), company.client(OFFICER)
    worklist = listed.get("/referrals", query_string={"least": "201,000"}, buffered=True).text
    id = next(iter(re.findall(r'data-row href="/referrals/([0-9a-f-]{36})"', worklist)))
    case = listed.get(f"/v1/referrals/{id}", buffered=True).json
    assert isinstance(case, dict)
    reason = next(iter(case["reasons_to_give"]))
    beyond = {"outcome": case["settle_with"][-1]["outcome"], "reason": reason, "note": "同意"}
    page = sent(company, client, f"/referrals/{id}", **beyond)
    assert "超出您的权限" in page
    for wrong in ({"outcome": "no-such"}, {"reason": "NO_SUCH"}, {"expires_at": "someday"}, {"reason": ""}):
        assert english(sent(company, client, f"/referrals/{id}", **{**beyond, **wrong})) == [], wrong
    assert english(page) == []


def test_says_why_there_is_no_key_and_no_person(company: Company) -> None:
    client = reader(company, Role.ADMINISTRATOR)
    key = {"owner": "demo-auditor", "label": "x", "days": "30", "scopes": ["decide"]}
    wrongs: list[dict[str, Any]] = [{}, {"owner": "nobody"}, {"scopes": []}, {"days": "x"}, {"days": "-1"}]
    for wrong in wrongs:
        page = sent(company, client, "/keys", **{**key, **wrong})
        assert english(page) == [], wrong
    person = {"name": "A", "login": "A B", "role": "sales", "language": "en"}
    for other in ({}, {"role": "king"}, {"name": ""}, {"login": "demo-auditor"}, {"login": "demo-x"}):
        assert english(sent(company, client, "/people", **{**person, **other})) == [], other
    officer = company.person(OFFICER)
    own = f"/people/{company.person(Role.ADMINISTRATOR).id}"
    assert english(sent(company, client, own, role="auditor", revision="1")) == []
    for path, given in (
        ("authority", {"policy": "payment-terms", "amount": "much"}),
        ("authority", {"policy": "no-such", "amount": "1"}),
        ("customers", {"customer": "C-1"}),
    ):
        assert english(sent(company, client, f"/people/{officer.id}/{path}", **given)) == [], given


def test_says_what_is_wrong_with_a_workbook(company: Company, draft: str) -> None:
    base, client = draft.removesuffix("/edit"), reader(company, OFFICER)
    seen = company.services.versions.one(draft.split("/")[2], "1.0.0").tag
    broken = sent(
        company, client, f"{base}/tables", seen=seen, file=(io.BytesIO(b"no workbook"), "tables.xlsx")
    )
    assert "工作簿" in broken
    assert english(broken) == []
