"""The editor of a draft ..."""

from __future__ import annotations

import re
from itertools import count

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.drafts import ROWS, drafted, large, small, stored
from tests.pages.driving import PHONE, accessible, fits

OFFICER, SECOND = Role.CREDIT_OFFICER, "demo-officer-2"


Draft = tuple[str, str]
NUMBERS = count(1)
expect.set_options(timeout=30_000)


@pytest.fixture
def draft(company: Company) -> Draft:
    """A small draft of the test's own: its policy, and where it is edited."""
    policy = f"small-{next(NUMBERS)}"
    return policy, drafted(company, policy, small(policy))


def cell(page: Page, row: str, column: int) -> Locator:
    """A cell of the grid by the id of its row."""
    return page.locator(f"tr[id='row-{row}'] td").nth(column)


def saved(page: Page) -> None:
    """Save, and wait until that is said; what was typed stays on the page."""
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("[data-state]")).to_have_text("saved")


def sent(page: Page, button: str = "Save the draft") -> None:
    """Press a button that sends the form, and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def test_moves_and_types_as_a_spreadsheet_does(company: Company, visit: Visits, draft: Draft) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.goto(address)
    cell(page, "middle-small", 3).click()
    page.keyboard.type("45")
    page.keyboard.press("Enter")  # keeps it, and goes down
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.type("5")  # 15 becomes 155
    page.keyboard.press("Escape")  # and stays 15
    page.keyboard.press("ArrowLeft")
    expect(cell(page, "middle-large", 2)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Tab")
    expect(cell(page, "middle-large", 4)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(cell(page, "middle-large", 3)).to_have_text("15")
    page.keyboard.press("Control+y")
    expect(cell(page, "middle-large", 3)).to_have_text("20")
    cell(page, "weak", 2).click()
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Delete")
    expect(cell(page, "middle-large", 2)).to_have_text("-")
    page.keyboard.press("Control+z")
    accessible(page)
    saved(page)
    before = small(policy).decode()
    wanted = before.replace("then: [30], source", "then: [45], source").replace("then: [15]", "then: [20]")
    assert stored(company, policy) == wanted
    cell(page, "best", 0).click()
    page.keyboard.press("Control+z")  # what was saved can be taken back, too
    expect(cell(page, "middle-large", 3)).to_have_text("15")
    expect(page.locator("[data-state]")).to_have_text("not saved")


def test_adds_moves_and_removes_rows_with_their_comments(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.goto(address)
    cell(page, "best", 0).click()
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_role("button", name="Add a row").click()
    page.keyboard.type("none")
    page.keyboard.press("Tab")
    page.keyboard.type("C")
    page.keyboard.press("ArrowRight")  # leaves what was typed, as the arrows leave a cell
    page.keyboard.press("End")
    page.keyboard.type("S1:L9")
    page.keyboard.press("Enter")
    cell(page, "weak", 0).click()
    page.get_by_role("button", name="Remove rows").click()
    saved(page)
    rows = [line.strip() for line in stored(company, policy).splitlines() if ", when: [" in line]
    ids = [line.split(",")[0].removeprefix("- {id: ") for line in rows]
    assert ids == ["middle-small", "best", "none", "middle-large"]
    assert 'when: [C, -], then: [""], source: "S1:L9"' in rows[2]
    assert "  # the best customers\n    - {id: best" in stored(company, policy)
    assert rows[0].endswith("# by agreement")


def test_takes_a_block_from_a_spreadsheet_and_gives_one(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.evaluate("navigator.clipboard.writeText('\"<= 2_000.00\"\\t40\\r\\n> 2_000.00\\t25\\r\\n')")
    cell(page, "middle-small", 2).click()
    page.keyboard.press("Control+v")
    expect(cell(page, "middle-large", 3)).to_have_text("25")
    expect(cell(page, "middle-small", 2)).to_have_text("<= 2,000.00")
    cell(page, "middle-small", 0).click()
    page.keyboard.press("Shift+End")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "middle-small\tB\t<= 2_000.00\t40\tS1:L2"
    cell(page, "weak", 0).click()
    page.evaluate("navigator.clipboard.writeText('last\\tC\\t-\\t0\\tS9:L1\\r\\nmore\\tC\\t-\\t0\\tS9:L2')")
    page.keyboard.press("Control+v")
    expect(page.locator("tbody tr")).to_have_count(5)
    saved(page)
    assert 'id: more, when: [C, -], then: [0], source: "S9:L2"' in stored(company, policy)


def test_says_beside_the_cell_what_is_wrong_as_one_types(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.goto(address)
    cell(page, "middle-small", 2).click()
    page.keyboard.type("<= lots")
    page.keyboard.press("Enter")
    expect(cell(page, "middle-small", 2)).to_contain_text("lots is not a parameter")
    expect(cell(page, "middle-small", 2)).to_have_attribute("aria-invalid", "true")
    accessible(page)
    assert stored(company, policy) == small(policy).decode(), "a check stores nothing"
    cell(page, "middle-small", 2).click()
    page.keyboard.type("<= 2,000.00")
    page.keyboard.press("Enter")
    expect(cell(page, "middle-large", 0)).to_contain_text("hold together, for example")
    expect(page.locator("#findings")).to_contain_text("Overlap")
    cell(page, "weak", 1).click()
    page.keyboard.type("B")
    page.keyboard.press("Enter")
    expect(page.locator("#findings")).to_contain_text("Gap")
    cell(page, "middle-small", 2).click()
    page.keyboard.type("<= lots")
    page.keyboard.press("Enter")
    saved(page)
    expect(cell(page, "middle-small", 2)).to_contain_text("lots is not a parameter")
    assert '"<= lots"' in stored(company, policy), "half-finished work is stored"


def test_shows_the_second_officer_what_the_first_changed(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    first, second = visit(OFFICER), visit(SECOND)
    for page in (first, second):
        page.goto(address)
    cell(first, "middle-small", 3).click()
    first.keyboard.type("45")
    first.keyboard.press("Enter")
    saved(first)
    cell(second, "weak", 3).click()
    second.keyboard.type("7")
    second.keyboard.press("Enter")
    second.get_by_role("button", name="Save the draft").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Two people changed this draft")
    expect(second.get_by_role("region", name="What they changed")).to_contain_text("then: [45]")
    expect(second.get_by_role("region", name="What you changed")).to_contain_text("then: [7]")
    accessible(second)
    sent(second, "Save both changes")
    assert "then: [45]" in stored(company, policy)
    assert "then: [7]" in stored(company, policy)


def test_loses_nothing_where_two_officers_change_one_row(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    first, second = visit(OFFICER, script=False), visit(SECOND, script=False)
    for page in (first, second):
        page.goto(f"{address}/parameters")
    first.get_by_label("Text", exact=True).fill("60")
    sent(first)
    second.get_by_label("Text", exact=True).fill("120")
    sent(second)
    expect(second.get_by_text("Both changes touch the same lines")).to_be_visible()
    assert "value: 120" in second.get_by_label("Your text").input_value()
    assert "value: 60" in stored(company, policy), "nothing was overwritten unasked"
    with second.expect_download() as begun:
        second.get_by_role("button", name="Download your text").click()
    assert "value: 120" in begun.value.path().read_text()
    theirs = second.get_by_role("link", name="Drop my change and go on with their text")
    expect(theirs).to_have_attribute("href", f"{address}/parameters")
    sent(second, "Save this text over theirs")
    assert "value: 120" in stored(company, policy)


def test_brings_a_lower_limit_from_what_it_breaks_to_an_approval(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    version, page = address.removesuffix("/edit"), visit(OFFICER)
    page.goto(f"{address}/parameters")
    findings = page.locator("#findings")
    page.get_by_label("Text", exact=True).fill("sixty")
    saved(page)
    expect(findings).to_contain_text("Fault")
    expect(findings).to_contain_text("sixty")
    assert "value: sixty" in stored(company, policy)
    page.get_by_label("Text", exact=True).fill("60")
    expect(findings).to_contain_text("1 case fails on this text.")
    expect(findings).to_contain_text("1 example of a rule")
    saved(page)
    expect(findings).to_contain_text("1 case fails on this text.")
    expect(findings).not_to_contain_text("Nothing is stored")
    accessible(page)

    page.goto(f"{version}/submission")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("It cannot be submitted yet.")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("net_days")
    accessible(page)
    page.get_by_role("link", name="More days than the longest").click()
    rule = page.locator("#row-too-long")
    expect(rule).to_contain_text("Does not fire for Text 90 days: it fires")
    accessible(page)
    rule.get_by_role("button", name="Take Text 60 days").click()
    expect(rule).to_contain_text("was: 90")
    expect(rule).not_to_contain_text("it fires")
    saved(page)
    assert "fires_on: {days: 91}\n" in stored(company, policy)
    assert "not_on: {days: 60}\n" in stored(company, policy)

    page.get_by_role("link", name="Cases", exact=True).click()
    expect(page.locator("[data-failed]")).to_contain_text("90 days → 60 days by")
    accessible(page)
    page.get_by_role("button", name="Expect what came out").click()
    expect(page.get_by_text("Every case passes.")).to_be_visible()
    sent(page)
    expect(page.get_by_text("Every case passes.")).to_be_visible()
    assert "expect: {outcome: pass, net_days: 60}" in stored(company, policy)

    page.goto(f"{version}/submission")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    second = visit(SECOND, language="zh")
    second.goto(f"{address}/cases")
    expect(second.get_by_text("不得审批自己参与编写的文本")).to_be_visible()
    second.goto(version)
    second.get_by_role("link", name="批准", exact=True).click()
    second.get_by_role("link", name="我已阅读").click()
    second.get_by_role("button", name="批准").click()
    expect(second.locator("[data-state=approved]")).to_be_visible()


def test_mends_all_at_once_and_without_javascript(company: Company, visit: Visits, draft: Draft) -> None:
    policy, address = draft
    page = visit(OFFICER, script=False, language="zh", width=PHONE)
    page.goto(f"{address}/parameters")
    page.get_by_label("文字", exact=True).fill("120")
    sent(page, "保存草稿")
    expect(page.locator("#findings")).to_contain_text("有 2 个案例未通过")
    expect(page.locator("[data-state]")).to_have_text("已保存")
    page.goto(f"{address}/cases")
    expect(page.locator("#examples")).to_contain_text("实际未触发：文字为91天，而规则要求超过 120天")
    assert fits(page)
    page.get_by_role("button", name="改为文字 121天").click()
    page.get_by_role("button", name="全部按实际结果修改预期").click()
    example = page.locator("#examples")
    example.get_by_label("增加一项事实").fill("amount")
    example.get_by_label("其取值").fill("2,500.00")
    sent(page, "保存草稿")
    assert "fires_on: {days: 121, amount: 2_500.00}\n" in stored(company, policy)
    page.goto(f"{address}/rules?rule=too-long")
    page.get_by_label("触发于: 文字", exact=True).last.fill("")
    sent(page, "保存草稿")
    assert "fires_on: {days: 121}\n" in stored(company, policy)
    assert "# by agreement" in stored(company, policy)


def test_changes_a_rule_in_its_sentence_and_keeps_the_rest(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER, language="zh")
    page.goto(f"{address}/rules")
    page.get_by_label("文字", exact=True).first.fill("> longest, 7")
    expect(page.locator("#findings")).to_contain_text("可以读取")
    accessible(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("[data-state]")).to_have_text("已保存")
    assert stored(company, policy) == small(policy).decode().replace('"> longest"', '"> longest, 7"')


def test_keeps_the_text_to_the_byte_and_leads_to_a_faulty_line(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.goto(f"{address}/text")
    text = page.get_by_label("Text of the ruleset")
    assert text.input_value() == stored(company, policy)
    wanted = stored(company, policy).replace("hit_policy: UNIQUE", "hit_policy: ONLY")
    text.fill(wanted)
    fault = page.locator("#findings li").first
    expect(fault).to_contain_text("ONLY")
    fault.get_by_role("link", name="line").click()
    chosen = text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert "hit_policy: ONLY" in chosen
    accessible(page)
    saved(page)
    assert stored(company, policy) == wanted, "half-finished work is stored, and as it was written"


def test_shows_a_text_without_shape_and_the_way_to_mend_it(
    company: Company, visit: Visits, draft: Draft
) -> None:
    _policy, address = draft
    page = visit(OFFICER, script=False)
    page.goto(f"{address}/text")
    text = page.get_by_label("Text of the ruleset")
    text.fill(text.input_value().replace("inputs: [grade, amount]", "inputs"))
    sent(page)
    page.get_by_role("link", name="Tables").click()
    page.get_by_role("link", name="Mend it in the text").click()
    expect(text).to_be_visible()


def test_is_a_form_where_there_is_no_javascript(company: Company, visit: Visits, draft: Draft) -> None:
    policy, address = draft
    page = visit(OFFICER, script=False)
    page.goto(address)
    page.get_by_label("Text, middle-small").last.fill("lots")
    page.get_by_role("button", name="Check without saving").click()
    expect(page.locator("#findings")).to_contain_text("lots")
    page.get_by_label("Text, middle-small").last.fill("44")
    page.get_by_label("Row, new row").fill("other")
    page.get_by_label("Text, new row").first.fill("C")
    page.get_by_label("Source, new row").fill("S1:L8")
    page.get_by_label("Remove weak").check()
    sent(page)
    assert 'id: middle-small, when: [B, "<= 1_000.00"], then: [44]' in stored(company, policy)
    assert "id: other, when: [C, " in stored(company, policy)
    assert "id: weak" not in stored(company, policy)


def test_carries_a_table_of_five_hundred_rows(company: Company, visit: Visits) -> None:
    address = drafted(company, "many-rows", large("many-rows"))
    page = visit(OFFICER)
    answer = page.goto(address)
    assert answer is not None
    assert len(answer.body()) < 100_000
    expect(page.locator("tbody tr")).to_have_count(ROWS)
    page.get_by_placeholder("Filter rows").fill("row-49")
    expect(page.locator("tbody tr")).to_have_count(11)
    cell(page, "row-498", 9).click()
    page.keyboard.type("33")
    page.keyboard.press("Enter")
    saved(page)
    assert '[498..499)", -, -, -, -, -, -, -], then: [33]' in stored(company, "many-rows")


def test_takes_a_long_text_in_parts(company: Company) -> None:
    policy, client = "long-text", company.client(OFFICER)
    address = drafted(company, policy, large(policy))
    assert "id: row-400," in client.get(f"{address}/text?line=430", buffered=True).text
    page = client.get(f"{address}/text?line=120", buffered=True).text
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    before, begin, end = stored(company, policy), int(held["begin"]), int(held["end"])
    part = before[begin:end]
    assert begin < before.index("id: row-99,") < end < len(before)
    assert len(page) < 45_000
    changed = part.replace('source: "S99:L1"', 'source: "S99:L2"').rstrip("\n")
    form = {**held, "do": "save", "text": changed.replace("\n", "\r\n")}
    answer = client.post(f"{address}/text", data=form, buffered=True)
    assert stored(company, policy) == before.replace('"S99:L1"', '"S99:L2"')
    assert f"?begin={begin}&end={end}" in answer.headers["Location"]
    for wrong in ({"begin": str(begin + 1)}, {"end": "x"}, {"end": str(len(before) + 1)}):
        again = client.post(f"{address}/text", data={**form, **wrong}, buffered=True)
        assert again.status_code == 422
    assert stored(company, policy) == before.replace('"S99:L1"', '"S99:L2"')


def test_tells_that_a_text_in_force_is_final(visit: Visits) -> None:
    page = visit(OFFICER)
    page.goto("/rulesets/payment-terms/1.0.0/edit/parameters")
    expect(page.get_by_text("This text is final")).to_be_visible()
    expect(page.get_by_role("button", name="Save the draft")).to_have_count(0)
    accessible(page)


def test_keeps_what_was_typed_when_the_session_has_ended(
    company: Company, visit: Visits, draft: Draft
) -> None:
    policy, address = draft
    page = visit(OFFICER)
    page.goto(address)
    cell(page, "weak", 3).click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("[data-state]")).to_contain_text("sign in in another window")
    expect(cell(page, "weak", 3)).to_have_text("7")
    assert stored(company, policy) == small(policy).decode()
    page.context.add_cookies([company.cookie(OFFICER)])  # type: ignore[list-item]
    saved(page)
    assert "then: [7]" in stored(company, policy)


def test_asks_before_what_is_not_saved_is_left(visit: Visits, draft: Draft) -> None:
    _policy, address = draft
    page = visit(OFFICER)
    page.goto(address)
    cell(page, "weak", 3).click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("link", name="Parameters").click()
    expect(page.get_by_role("heading", name="Parameters")).to_be_visible()
    assert asked == ["beforeunload"]


TWICE = '[["best","A","-","1","x"],["best","B","-","1","x"]]'


@pytest.mark.parametrize("rows", ["no list", "[[1]]", '[["best"]]', "[]", TWICE])
def test_refuses_rows_that_are_none(company: Company, draft: Draft, rows: str) -> None:
    _policy, address = draft
    client = company.client(OFFICER)
    tag = company.services.versions.one(draft[0], "1.0.0").tag
    form = {"csrf": company.csrf(client), "rows": rows, "do": "save", "tag": tag}
    assert client.post(address, data=form, buffered=True).status_code == 422


def test_refuses_a_change_of_no_known_text(company: Company, draft: Draft) -> None:
    _policy, address = draft
    client = company.client(OFFICER)
    for tag in ("", "x", f"{'0' * 64}-{'0' * 32}"):
        form = {"csrf": company.csrf(client), "tag": tag, "do": "save", "/parameters/longest/value": "1"}
        assert client.post(f"{address}/parameters", data=form, buffered=True).status_code == 422
