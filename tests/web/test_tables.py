"""Tables go out of a version as a workbook, and what was edited in it comes back into a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from app.domain.people import Role
from schemas.interchange.forms import DMN, MOST_BYTES, XLSX
from tests.web.service import Service, faults, serving, told

HERE = "/v1/rulesets/payment-terms/versions"
SHIPPED = Path("rulesets/payment-terms/1.0.0.yaml").read_bytes()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("tables"), SHIPPED) as running:
        yield running


class Desk:
    """An officer with a draft of their own."""

    def __init__(self, service: Service, version: str) -> None:
        self._service = service
        self.here = f"{HERE}/{version}"
        self.call("POST", HERE, json={"version": version, "from": "1.0.0"})

    def call(self, method: str, path: str, **sent: Any) -> TestResponse:
        headers = {**self._service.as_role(Role.CREDIT_OFFICER), **sent.pop("headers", {})}
        return self._service.client.open(path, method=method, headers=headers, **sent)

    def out(self) -> TestResponse:
        return self.call("GET", f"{self.here}/tables")

    def back(
        self, content: bytes, tag: str | None, query: str = "", media: str = XLSX.media_type
    ) -> TestResponse:
        headers = {"If-Match": tag} if tag else {}
        return self.call(
            "PUT", f"{self.here}/tables{query}", data=content, content_type=media, headers=headers
        )

    def text(self) -> bytes:
        text: bytes = self.call("GET", self.here, headers={"Accept": "application/yaml"}).data
        return text


@pytest.fixture
def desk(service: Service, request: pytest.FixtureRequest) -> Desk:
    number = [name for name in dir(request.module) if name.startswith("test_")].index(
        request.function.__name__
    )
    return Desk(service, f"2.{number}.0")


def edited(answer: TestResponse, change: Callable[[Any], object]) -> bytes:
    book = load_workbook(BytesIO(answer.data))
    change(book["base-terms"])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def shorter(page: Any) -> None:
    page["E6"] = 60


def test_one_cell_edited_elsewhere_is_one_changed_cell_of_the_draft(desk: Desk) -> None:
    out, before = desk.out(), desk.text()
    assert out.mimetype == XLSX.media_type
    assert out.headers["Content-Disposition"] == f'attachment; filename="payment-terms-{desk.here[-5:]}.xlsx"'
    done = desk.back(edited(out, shorter), out.headers["ETag"])
    assert told(done)["state"] == "draft"
    assert told(done)["changes"] == [
        {
            "kind": "cell",
            "table": "base-terms",
            "row": "best",
            "column": "net_days",
            "before": "max_balance_days",
            "after": "60",
        }
    ]
    lines = list(zip(before.splitlines(), desk.text().splitlines(), strict=True))
    assert [new for old, new in lines if old != new] == [
        b'  - {id: best,           when: [A, -, -],       then: [60, 0%],      source: "S4:L35"}'
    ]


def test_a_model_for_dmn_editors_goes_out_and_comes_back_likewise(desk: Desk) -> None:
    out = desk.call("GET", f"{desk.here}/tables", headers={"Accept": DMN.media_type})
    assert out.mimetype == DMN.media_type
    model = re.sub(r'(<rule id="best">.*?)<text>max_balance_days<', r"\1<text>60<", out.text, flags=re.DOTALL)
    done = desk.back(model.encode(), out.headers["ETag"], media=DMN.media_type)
    assert [(one["row"], one["column"], one["after"]) for one in told(done)["changes"]] == [
        ("best", "net_days", "60")
    ]


def test_who_does_not_say_which_text_they_saw_changes_nothing(desk: Desk) -> None:
    out, before = desk.out(), desk.text()
    assert desk.back(edited(out, shorter), None).status_code == 428
    assert desk.back(edited(out, shorter), '"another"').status_code == 412
    assert desk.text() == before


def test_a_table_that_somebody_changed_meanwhile_is_refused_unless_the_file_wins(desk: Desk) -> None:
    out = desk.out()
    first = desk.back(edited(out, shorter), out.headers["ETag"])

    def longer(page: Any) -> None:
        page["E7"] = 75

    second = edited(out, longer)
    refused = desk.back(second, first.headers["ETag"])
    assert refused.status_code == 422
    assert "`base-terms` was changed since the sheet was made" in refused.text
    assert desk.back(second, first.headers["ETag"], "?wins=perhaps").status_code == 422
    done = desk.back(second, first.headers["ETag"], "?wins=yes")
    assert [(one["row"], one["after"]) for one in told(done)["changes"]] == [
        ("best", "max_balance_days"),
        ("good", "75"),
    ]


def test_a_cell_that_means_nothing_is_a_finding_of_the_draft(desk: Desk) -> None:
    out = desk.out()

    def odd(page: Any) -> None:
        page["B6"] = "F"

    assert desk.back(edited(out, odd), out.headers["ETag"]).status_code == 200
    found = told(desk.call("POST", f"{desk.here}/checks"))
    assert not found["passed"]
    assert "table `base-terms`, row `best`" in found["errors"][0]["detail"]


def test_rubbish_and_another_policys_tables_are_refused(desk: Desk, service: Service) -> None:
    tag = desk.out().headers["ETag"]
    assert "it is no xlsx file" in str(faults(desk.back(b"rubbish", tag)))
    assert desk.back(b"x", tag, media="text/csv").status_code == 415
    assert desk.back(bytes(MOST_BYTES + 1), tag).status_code == 413

    def other(book: Any) -> None:
        book.parent["about"]["B2"] = "another-policy"

    assert "those of another-policy" in desk.back(edited(desk.out(), other), tag).text
    role = service.as_role(Role.SALES)
    assert service.client.get(f"{desk.here}/tables", headers=role).status_code == 403
