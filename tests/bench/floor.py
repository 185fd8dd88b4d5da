"""The floor: an endpoint that reads and checks a request and stores as many bytes, but decides nothing.

The same server, strict reader, marshmallow schemas of envelope and facts, and the same writer; then one
insert of an entry as long as all rows of a real decision together, and an answer of the same length.
``BENCH_SAMPLES`` names a JSON file with, for each policy, one real entry's bytes and the answer's length.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode
from pathlib import Path

from flask import Flask, Response

from app.domain.identifiers import Identifiers
from app.domain.sealed import Entry, SealedRecording
from app.services.assembly import utc_now
from app.settings import Settings
from app.store.store import Store
from app.web.answers import JSON, json_answer, raw_body
from schemas.facts import FactReader
from schemas.json_text import read
from schemas.requests import read_request
from schemas.ruleset import load


def create(settings: Settings, samples: Path) -> Flask:
    """The floor over a store of its own."""
    Store.migrate(settings.database_url, settings.keys_url)
    store = Store.open(settings.database_url, settings.keys_url, writing=True, most_waiting=settings.waiting)
    rulesets = [load(path.read_bytes()) for path in settings.rulesets.glob("*/*.yaml")]
    readers = {one.policy: FactReader(one) for one in rulesets}
    ids = Identifiers(utc_now, secrets.randbits)
    key = ids.new()
    stored: dict[str, tuple[bytes, bytes]] = {}
    answers: dict[str, bytes] = {}
    for policy, one in json.loads(samples.read_text()).items():
        stored[policy] = b64decode(one["leaf"]), b64decode(one["sealed"])
        answers[policy] = b"x" * int(one["answer_bytes"])
    app = Flask("floor", static_folder=None)

    @app.post("/v1/policies/<policy>/decisions")
    def record(policy: str) -> Response:
        wanted = read_request(read(raw_body()))
        readers[policy].read(wanted.facts)
        now = utc_now()
        store.record(SealedRecording(Entry(ids.at(now), "decision", now, *stored[policy], key)))
        return Response(answers[policy], 201, content_type=JSON)

    @app.get("/healthz")
    def healthz() -> Response:
        return json_answer({"status": "alive"})

    return app


if "BENCH_SAMPLES" in os.environ:
    app = create(Settings.from_env(), Path(os.environ["BENCH_SAMPLES"]))
