"""A batch over HTTP ..."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.service import BATCH, FACTS, Service, as_made, told

NDJSON = "application/x-ndjson"
CSV = "text/csv"
GOOD = json.dumps({"facts": FACTS}).encode()


def lines(answer: TestResponse) -> list[Any]:
    """The lines of a batch's answer."""
    assert answer.status_code == 200
    assert answer.mimetype == NDJSON
    return [json.loads(line) for line in answer.data.splitlines()]


def table(*rows: dict[str, Any]) -> bytes:
    """A CSV file with the columns of its first row."""
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_answers_each_line_with_its_own_decision(everywhere: Service) -> None:
    items = [{"id": f"item-{number}", "facts": FACTS, "reference": f"SO-{number}"} for number in range(250)]
    body = b"\n".join(json.dumps(one).encode() for one in items) + b"\n"
    answers = lines(everywhere.post(BATCH, body, NDJSON))
    assert [one["id"] for one in answers] == [one["id"] for one in items]
    assert [one["decision"]["reference"] for one in answers] == [one["reference"] for one in items]
    assert len({one["decision"]["id"] for one in answers}) == 250
    last = answers[-1]["decision"]
    assert json.loads(as_made(everywhere.get(f"/v1/decisions/{last['id']}"))) == last


def test_never_lets_a_bad_line_harm_its_neighbours(shared: Service) -> None:
    bad: list[bytes] = [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"facts": {"grade": "A", "grade": "B"}}',
        b'{"facts": {}}',
        b'{"facts": {}, "customr": "C-1"}',
        b"[" * 5000,
        b'{"facts": {"remark": "' + b"x" * 300_000 + b'"}}',
        b'{"id": 1.5, "facts": {}}',
        b'{"id": "kept", "facts": {"prepayment": 0.5}}',
        b'{"id": 123456789012345678901234567890, "facts": {}}',
        b'{"idempotency_key": {"a": 1}, "facts": {}}',
        b'{"version": "1.0.0", "facts": {}}',
    ]
    body = b"\n".join(line for one in bad for line in (GOOD, one)) + b"\n" + GOOD
    answers = lines(shared.post(BATCH, body, NDJSON))
    assert len(answers) == 2 * len(bad) + 1
    assert all("decision" in one for one in answers[::2])
    assert [one["problem"]["status"] for one in answers[1::2]] == [422] * len(bad)
    assert [one["id"] for one in answers[1::2]] == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, "kept", 24, 26, 28]


def test_skips_blank_lines_and_takes_either_line_end(shared: Service) -> None:
    answers = lines(shared.post(BATCH, b"\r\n\n" + GOOD + b"\r\n \n" + GOOD, NDJSON))
    assert [one["id"] for one in answers] == [3, 5]


def test_reads_csv_as_people_write_it(everywhere: Service) -> None:
    row = {
        "id": "r1",
        "customer": "C-1",
        "reference": "SO-1",
        "as_of": "2026-11-20",
        **FACTS,
        "prepayment": "10%",
    }
    rows: list[dict[str, Any]] = [row, {**row, "id": "r2", "grade": ""}, {**row, "id": "", "grade": "Z"}]
    first, second, third = lines(everywhere.post(BATCH, table(*rows), CSV))
    assert (first["id"], second["id"], third["id"]) == ("r1", "r2", 4)
    assert first["decision"]["facts"] == {**FACTS, "prepayment": "0.1000"}
    assert (first["decision"]["customer"], first["decision"]["as_of"]) == ("C-1", "2026-11-20")
    assert second["decision"]["outcome"] == "refer"
    assert third["problem"]["errors"][0]["pointer"] == "/facts/grade"


def test_never_lets_a_bad_row_harm_its_neighbours(shared: Service) -> None:
    good = table(FACTS)
    row = good.splitlines()[1]
    bad = [b'A,"1', b"A,1", row + b",1", b"\xff" + row, row.replace(b"A", b"A\x00"), b"x" * 300_000, b'"' * 7]
    answers = lines(shared.post(BATCH, good + b"\n".join(line for one in bad for line in (one, row)), CSV))
    assert len(answers) == 2 * len(bad) + 1
    assert all("decision" in one for one in answers[::2])
    assert [one["problem"]["status"] for one in answers[1::2]] == [422] * len(bad)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (b"grade,credit_limt", "did you mean `credit_limit`?"),
        (b"grade,grade", "stands twice"),
        (b"grade,,exposure", "column 2: `` is no fact"),
        (b'"grade', "no line of CSV"),
        (b"\xff", "UTF-8"),
    ],
)
def test_is_refused_whole_for_a_header_that_cannot_be_meant(
    shared: Service, header: bytes, says: str
) -> None:
    answer = shared.post(BATCH, header + b"\nA,1\n", CSV)
    assert answer.status_code == 422
    assert says in json.dumps(told(answer))


@pytest.mark.parametrize(("body", "media"), [(b"", NDJSON), (b"", CSV), (b"grade,exposure\n", CSV)])
def test_is_refused_when_it_is_empty(shared: Service, body: bytes, media: str) -> None:
    assert shared.post(BATCH, body, media).status_code == 422


def test_has_at_most_ten_thousand_lines_and_64_mebibytes(shared: Service) -> None:
    before = len(told(shared.get("/v1/decisions", limit="1000"))["decisions"])
    assert shared.post(BATCH, (GOOD + b"\n") * 10_001, NDJSON).status_code == 422
    assert shared.post(BATCH, table(FACTS) * 5001, CSV).status_code == 422
    assert len(told(shared.get("/v1/decisions", limit="1000"))["decisions"]) == before
    assert shared.post(BATCH, (b" " * 65_535 + b"\n") * 1024 + b"{}", NDJSON).status_code == 413


def test_is_refused_where_its_last_row_may_have_been_cut(shared: Service) -> None:
    whole = table(FACTS)
    for cut, status in ((whole[:-4], 411), (whole, 200)):
        answer = shared.stream(BATCH, cut, CSV)
        assert answer.status_code == status


def test_gives_every_line_an_answer_when_recording_fails(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines(service.post(BATCH, GOOD, NDJSON))
    service.services.store.close()
    answers = lines(service.post(BATCH, b"\n".join([GOOD, b"{", GOOD]), NDJSON))
    assert [one["problem"]["status"] for one in answers] == [503, 422, 503]


def test_tells_a_client_nothing_of_a_fault_of_ours_but_that_it_was_one(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(service.services.deciding, "_new_id", broken)
    answer = service.post(BATCH, b"\n".join([GOOD, b"{", GOOD]), NDJSON)
    assert [one["problem"]["status"] for one in lines(answer)] == [500, 422, 500]
    assert b"secret" not in answer.data


def test_is_counted_line_by_line(service: Service) -> None:
    lines(service.post(BATCH, b"\n".join([GOOD] * 3), NDJSON))
    metric = 'termwise_evaluations_total{outcome="counter",policy="payment-terms"} 3.0'
    assert metric in service.get("/metrics").text
