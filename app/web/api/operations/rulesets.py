"""The calls about versions of rulesets: their texts, and their way into force and out of it."""

from __future__ import annotations

from app.settings.rooms import LONG
from app.web.api.operations.operation import LANG, Operation, parameter

_HERE = "/v1/rulesets/{policy}/versions"
_ONE = f"{_HERE}/{{version}}"
YAML = "application/yaml"
_BODY = (400, 404, 409, 413, 415, 422, 503)
_MOVE = (*_BODY, 412)
_READ = (404, 422, 503)
_IF_MATCH = parameter("If-Match", "header", {"type": "string"}, "the ETag of the version as you read it")

OPERATIONS = (
    Operation(
        "listVersions",
        f"GET {_HERE}",
        "The versions of a policy, and where each of them stands",
        {200: "RulesetVersions"},
        _READ,
    ),
    Operation(
        "createVersion",
        f"POST {_HERE}",
        "A draft: from another version, or with a text of its own, which may begin a new policy",
        {201: "RulesetStanding"},
        _BODY,
        "DraftRequest",
    ),
    Operation(
        "readVersion",
        f"GET {_ONE}",
        "A version: its exact text as YAML, or with where it stands as JSON, by Accept",
        {200: "RulesetVersion"},
        _READ,
        also={YAML: "RulesetText"},
    ),
    Operation(
        "editVersion",
        f"PUT {_ONE}",
        "Another text, in YAML: a draft again, whatever was approved before",
        {200: "RulesetStanding"},
        (*_MOVE, 428),
        "RulesetText",
        (_IF_MATCH,),
        asks=YAML,
    ),
    Operation(
        "checkVersion",
        f"POST {_ONE}/checks",
        "What its text proves about itself, by both engines; it takes seconds, and the same text once",
        {200: "RulesetChecks"},
        _READ,
        places=LONG,
    ),
    Operation(
        "readCases",
        f"GET {_ONE}/cases",
        "Its cases with the rules and thresholds that they cover, and cases proposed for the rest, by both "
        "engines; it takes seconds, and the same text once",
        {200: "RulesetCases"},
        _READ,
        parameters=(LANG,),
        places=LONG,
    ),
    Operation(
        "submitVersion",
        f"POST {_ONE}/submission",
        "Ask for approval of a draft; refused with its findings while it does not prove itself",
        {200: "RulesetStanding"},
        _MOVE,
        "SubmissionRequest",
        (_IF_MATCH,),
        places=LONG,
    ),
    Operation(
        "approveVersion",
        f"POST {_ONE}/approval",
        "Approve exactly the text of `digest`; never its author's to do, and never a key's",
        {200: "RulesetStanding"},
        _MOVE,
        "ApprovalRequest",
        (_IF_MATCH,),
    ),
    Operation(
        "returnVersion",
        f"POST {_ONE}/return",
        "Send what was submitted back to its authors, with the reason",
        {200: "RulesetStanding"},
        _MOVE,
        "ReturnRequest",
        (_IF_MATCH,),
    ),
    Operation(
        "activateVersion",
        f"POST {_ONE}/activation",
        "Into force, at once or from an instant on; for a reason, what was in force before",
        {200: "RulesetStanding"},
        _MOVE,
        "ActivationRequest",
        (_IF_MATCH,),
    ),
    Operation(
        "withdrawActivation",
        f"DELETE {_ONE}/activation",
        "Take back an activation that lies ahead",
        {200: "RulesetStanding"},
        (404, 409, 412, 422, 503),
        None,
        (_IF_MATCH,),
    ),
    Operation(
        "retireVersion",
        f"POST {_ONE}/retirement",
        "Out of use at once, for a reason; nothing takes the place of what was in force",
        {200: "RulesetStanding"},
        _MOVE,
        "RetirementRequest",
        (_IF_MATCH,),
    ),
    Operation(
        "readVersionHistory",
        f"GET {_ONE}/history",
        "Who did what with it, when, why, and with which text",
        {200: "RulesetHistory"},
        _READ,
    ),
)
