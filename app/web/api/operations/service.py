"""The calls about the service itself."""

from __future__ import annotations

from app.web.api.operations.operation import Operation
from app.web.metrics import CONTENT_TYPE

OPERATIONS = (
    Operation("readDocument", "GET /openapi.json", "This document", {200: "Document"}, (422,)),
    Operation("healthz", "GET /healthz", "Whether the process lives", {200: "Health"}, places=None),
    Operation(
        "readyz",
        "GET /readyz",
        "Whether decisions can be recorded as they should",
        {200: "Health"},
        (503,),
        places=None,
    ),
    Operation(
        "metrics",
        "GET /metrics",
        "Prometheus metrics; open to this machine, to others as auditor or administrator",
        {200: "Metrics"},
        (),
        None,
        (),
        CONTENT_TYPE.partition(";")[0],
        places=None,
    ),
)
