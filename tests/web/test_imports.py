"""Tables of signals, and what stands of every import: who brought it, its counts, and what it refused."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from app.domain.keeping import Reason
from app.domain.people import Role
from tests.web.service import EXAMPLE, Service, serving, told

SIGNALS = """customer,kind,date,source,evidence,magnitude,withdrawn
S-1,lawsuit,2026-10-01,court,(2026) 1,,
S-1,rating-downgrade,2026-10-02,agency,,2,
S-2,lawsuit,2026-10-01,court,,,no
S-2,lawsiut,2026-10-01,court,,,
S-3,lawsuit,2099-01-01,court,,,
,lawsuit,2026-10-01,court,,,
"""
MAPPED = """Firm;What;When
S-9;sued;01.10.2026
"""
MAPPING = """
columns: {customer: Firm, kind: What, date: When}
values:
  kind: {sued: lawsuit}
constants: {source: court}
date_format: "%d.%m.%Y"
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("imports"), EXAMPLE) as opened:
        yield opened


def take(service: Service, table: str, mapping: str | None = None, **query: str) -> Any:
    data: dict[str, Any] = {"file": (BytesIO(table.encode()), "table.csv")}
    if mapping is not None:
        data["mapping"] = (BytesIO(mapping.encode()), "ours.yaml")
    return told(
        service.client.post(
            "/v1/signals/imports", data=data, query_string=query, content_type="multipart/form-data"
        )
    )


def of(service: Service, customer: str) -> list[dict[str, Any]]:
    return list(told(service.client.get(f"/v1/customers/{customer}/signals"))["signals"])


def test_a_table_of_signals_files_its_rows_and_tells_those_that_cannot_be(service: Service) -> None:
    tried = take(service, SIGNALS, dry_run="yes")
    assert (tried["import"], tried["read"], tried["refused"]) == (None, 6, 3)
    assert of(service, "S-1") == []
    done = take(service, SIGNALS)
    assert (done["written"], done["unchanged"], done["refused"]) == (3, 0, 3)
    assert [one["place"] for one in done["refusals"]] == [5, 6, 7]
    first, second = of(service, "S-1")
    assert (first["kind"], first["date"], first["evidence"]) == ("lawsuit", "2026-10-01", "(2026) 1")
    assert (second["kind"], second["magnitude"]) == ("rating-downgrade", "2.0000")
    assert first["entry"] == done["import"]
    assert take(service, SIGNALS)["unchanged"] == 3
    kept = told(service.client.get(f"/v1/imports/{done['import']}"))
    assert (kept["kind"], kept["read"], kept["written"], kept["refused"]) == ("customer-signals", 6, 3, 3)
    assert kept["refusals"] == done["refusals"]
    assert kept["finished_at"] is not None


def test_a_mapping_says_what_the_columns_of_another_table_are(service: Service) -> None:
    table = MAPPED.replace(";", ",")
    done = take(service, table, MAPPING)
    assert (done["written"], done["refused"]) == (1, 0)
    (one,) = of(service, "S-9")
    assert (one["kind"], one["date"], one["source"]) == ("lawsuit", "2026-10-01", "court")
    kept = told(service.client.get(f"/v1/imports/{done['import']}"))
    assert kept["mapping"] == "ours.yaml"


def test_what_rows_do_not_say_is_given_or_the_table_is_refused(service: Service) -> None:
    data = {"file": (BytesIO(b"customer,kind\nS-8,lawsuit\n"), "table.csv")}
    answer = service.client.post("/v1/signals/imports", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "`source` stands in no column and is not given" in answer.get_data(as_text=True)
    done = take(service, "customer,kind\nS-8,lawsuit\n", as_of="2026-10-01", source="court", evidence="e")
    assert done["written"] == 1
    assert of(service, "S-8")[0]["evidence"] == "e"


def test_imports_are_listed_last_first_to_those_who_may_import(service: Service) -> None:
    some = [take(service, f"customer,kind,date,source\nL-{number},lawsuit,2026-10-01,court\n")["import"]
            for number in range(3)]  # fmt: skip
    page = told(service.client.get("/v1/imports?kind=customer-signals&limit=2"))
    assert [one["id"] for one in page["imports"]] == [some[2], some[1]]
    rest = told(service.client.get(f"/v1/imports?after={page['next']}&limit=200"))
    assert some[0] in [one["id"] for one in rest["imports"]]
    assert service.client.get("/v1/imports?kind=else").status_code == 422
    assert service.client.get("/v1/imports/else").status_code == 404
    sales = service.as_role(Role.SALES)
    assert service.client.get("/v1/imports", headers=sales).status_code == 403


def test_what_was_refused_of_an_erased_customer_is_gone(service: Service) -> None:
    table = "customer,kind,date,source\nE-1,lawsuit,2099-10-01,court\nE-2,lawsuit,2099-10-01,court\n"
    done = take(service, table)
    service.services.keeping.erasing.erase("E-1", Reason.SUBJECT_REQUEST, None, by=None)
    kept = told(service.client.get(f"/v1/imports/{done['import']}"))
    assert (kept["refused"], [one["customer"] for one in kept["refusals"]]) == (2, ["E-2"])
