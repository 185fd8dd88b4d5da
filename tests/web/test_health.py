"""The service about itself ..."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import pytest

from app.factory import application, create_app
from app.services.assembly import open_services
from app.services.log.reaching import reached
from app.services.log.sequencing import Sequencing
from app.store.committing import NOT_KNOWN, NOTHING_RECORDED
from app.web.metrics import Metrics
from tests.clock import Clock
from tests.web.service import Service, serving, settings_for, told


def test_is_alive_and_ready(everywhere: Service) -> None:
    assert told(everywhere.get("/healthz")) == {"status": "alive"}
    assert told(everywhere.get("/readyz")) == {"status": "ready"}


def test_is_not_ready_without_rulesets(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "no ruleset is known" in told(answer)["detail"]
    assert app.test_client().get("/healthz").status_code == 200


def test_is_not_ready_when_the_log_can_be_changed(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        with closing(connect(tmp_path / "termwise.db")) as other:
            (name,) = other.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1"
            ).fetchone()
            other.execute(f"DROP TRIGGER {name}")
            other.commit()
        answer = service.get("/readyz")
        assert answer.status_code == 503
        assert service.get("/healthz").status_code == 200


def test_is_degraded_and_decides_all_the_same_while_entries_get_no_place(
    tmp_path: Path, database_url: str
) -> None:
    clock = Clock()
    with serving(tmp_path, database_url=database_url, now=clock) as service:
        service.decide()
        clock.forward(timedelta(seconds=11))
        answer = service.get("/readyz")
        assert answer.status_code == 200
        assert told(answer)["status"] == "degraded"
        (fault,) = told(answer)["faults"]
        assert "no place in the log for 11 seconds; does `termwise sequencer` run" in fault
        metrics = service.get("/metrics").text
        for line in ("entries 0.0", "signed_until_seconds 0.0", "waiting_seconds 11.0", "fault 1.0"):
            assert f"\ntermwise_log_{line}\n" in metrics
        assert service.decide().status_code == 201
        size = service.services.sequencer.drain()
        assert told(service.get("/readyz")) == {"status": "ready"}
        metrics = service.get("/metrics").text
        for line in (f"entries {size}.0", "signed_until_seconds 1.7", "waiting_seconds 0.0", "fault 0.0"):
            assert f"\ntermwise_log_{line}" in metrics


def test_says_what_keeps_the_log_from_being_signed(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    settings = settings_for(tmp_path)
    settings.checkpoints.write_text("in the way", "utf-8")
    with open_services(settings, sequencing=True) as services:
        client = application(services, Metrics()).test_client()
        while (said := told(client.get("/readyz")))["status"] == "ready":
            pass
    assert said["status"] == "degraded"
    assert str(settings.checkpoints) in said["faults"][0]


@pytest.mark.parametrize("words", [NOTHING_RECORDED, NOT_KNOWN])
def test_speaks_to_an_operator_where_the_database_takes_nothing(tmp_path: Path, words: str) -> None:
    with serving(tmp_path) as service:
        sequencing = Sequencing(service.services.sequencer)
        sequencing.close()
        sequencing.failed = f"The database cannot be written at present. {words}"
        found = reached(service.services.store.tree, sequencing, service.services.deciding.now())
        told = "The database cannot be written at present. Is its disk full, or does it fail?"
        assert (found.fault or "").startswith(told)


def test_tells_nothing_of_the_log_while_the_database_does_not_answer(service: Service) -> None:
    service.services.store.close()
    (service.services.settings.master_key_file.parent / "termwise.db").unlink()
    answer = service.get("/metrics")
    assert answer.status_code == 200
    assert "termwise_log" not in answer.text


def test_counts_requests_by_route_and_never_by_path(service: Service) -> None:
    made = service.decide()
    service.get(made.headers["Location"])
    service.get("/v1/decisions/none")
    service.get("/nowhere/at/all")
    text = service.get("/metrics").text
    for labels in (
        'route="/v1/policies/<policy>/decisions",status="201"',
        'route="/v1/decisions/<id>",status="200"',
        'route="/v1/decisions/<id>",status="404"',
        'route="none",status="404"',
    ):
        assert f"termwise_request_seconds_count{{{labels}}} 1.0" in text
    assert told(made)["id"] not in text
    assert "nowhere" not in text


def test_is_no_page_and_is_kept_nowhere(shared: Service) -> None:
    made = shared.decide(customer="<script>alert(1)</script>")
    for answer in (made, shared.get(made.headers["Location"]), shared.get("/nope"), shared.get("/metrics")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype in ("application/json", "application/problem+json", "text/plain")
    assert told(made)["customer"] == "<script>alert(1)</script>"
    page = shared.client.get("/v1/decisions/<script>alert(1)</script>")
    assert (page.status_code, page.mimetype) == (404, "application/problem+json")


def test_answers_head_and_options_without_a_body(shared: Service) -> None:
    assert shared.client.head("/healthz").data == b""
    assert shared.client.options("/v1/decisions").headers["Allow"]
