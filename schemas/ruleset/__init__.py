"""A ruleset's text to a Ruleset, or every fault in it with line, rule and remedy.

``load`` is the one way in. The modules follow the text from top to bottom:
shapes and checking (which keys stand where), declarations and facts, steps
(tables, rule lists, scorecards), texts, samples and cases. Reading goes on
after a fault wherever it can, so that an author sees them all at once.
"""

from __future__ import annotations

import hashlib
import re

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from schemas.ruleset import cases, declarations, facts, texts
from schemas.ruleset.checks import checks
from schemas.ruleset.faults import Faults
from schemas.ruleset.head import VERSION
from schemas.ruleset.referrals import referrals
from schemas.ruleset.samples import Samples
from schemas.ruleset.scope import Scope
from schemas.ruleset.sensitive import sensitive_names
from schemas.ruleset.shapes import check_shape
from schemas.ruleset.steps import steps
from schemas.ruleset.unknowns import check_unknowns
from schemas.ruleset.words import IDENTIFIER, Register, text
from schemas.text import Block, Items, Scalar, read

LANGUAGE = 1
CURRENCY = re.compile(r"[A-Z]{3}")
PRINCIPAL_REASONS = "4"

__all__ = ["LANGUAGE", "digest_of", "load"]


def digest_of(source: bytes) -> str:
    """The identity of a text: ``sha256:`` and 64 hexadecimal digits over its exact bytes."""
    return "sha256:" + hashlib.sha256(source).hexdigest()


def load(source: str | bytes) -> Ruleset:
    """The ruleset that ``source`` writes; raises ``Invalid`` with one Problem a fault."""
    raw = _encoded(source)
    block = read(raw)
    faults = Faults()
    _check_language(block, faults)
    faults.raise_any()
    policy = block.get("policy")
    if isinstance(policy, Scalar) and IDENTIFIER.fullmatch(policy):
        faults.policy = str(policy)
    check_shape(block, faults)
    faults.raise_any()
    ruleset = _built(block, faults, digest_of(raw))
    faults.raise_any()
    assert ruleset is not None
    return ruleset


def _encoded(source: str | bytes) -> bytes:
    try:
        return source.encode() if isinstance(source, str) else source
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1 if isinstance(source, str) else 1
        problem = Problem("half a character stands here; remove it", line=line)
        raise Invalid("The text cannot be read", [problem]) from error


def _check_language(block: Block, faults: Faults) -> None:
    first = next(iter(block), None)
    if first != "language":
        faults.at(block if first is None else first, "the first line of a ruleset is `language: 1`")
    elif block["language"] != str(LANGUAGE):
        message = told(
            "this service reads `language: {language}`, and here it is {found}",
            language=LANGUAGE,
            found=_said(block["language"]),
        )
        faults.at(first, message)


def _said(part: object) -> str:
    return f"`{part}`" if isinstance(part, Scalar) and part else "something else"


def _built(block: Block, faults: Faults, digest: str) -> Ruleset | None:
    """The ruleset, or None where faults were noted."""
    _check_head(block, faults)
    register = Register(faults)
    outcomes = declarations.outcomes(block["outcomes"], block["otherwise"], faults)
    known = facts.facts(block["facts"], register, faults)
    parameters = declarations.parameters(block.get("parameters", Block()), register, faults)
    outputs = declarations.outputs(block.get("outputs", Block()), register, faults)
    reasons = block.get("reasons", Block())
    scope = Scope(faults, register, known, parameters, outputs, outcomes, list(reasons))
    facts.check_recall(block["facts"], known, outputs, scope.names.doubtful, faults)
    read_steps = steps(block["steps"], scope)
    said = texts.reasons(reasons, scope, sensitive_names(known, outputs, read_steps))
    letters = texts.letters(block.get("letters", Items()), scope)
    asked = referrals(block.get("referrals"), outcomes, scope)
    samples = Samples(scope, cases.derived_names(block["steps"]))
    baseline, as_of = samples.baseline(block["baseline"])
    every_step = tuple(cases.with_examples(step, samples) for step in read_steps)
    every_case = cases.cases(block.get("cases", Items()), scope, samples, list(reasons), as_of)
    proofs = checks(block.get("checks", Block()), scope)
    if len(faults):
        return None
    ruleset = Ruleset(
        language=LANGUAGE,
        policy=str(block["policy"]),
        version=str(block["version"]),
        title=text(block["title"]),
        description=text(block["description"]) if "description" in block else None,
        currency=str(block["currency"]),
        outcomes=outcomes,
        otherwise=str(block["otherwise"]),
        principal_reasons=int(block.get("principal_reasons", PRINCIPAL_REASONS)),
        facts=known,
        parameters=parameters,
        outputs=outputs,
        steps=every_step,
        reasons=said,
        sensitive_reasons=frozenset(str(code) for code, words in reasons.items() if "sensitive" in words),
        baseline=baseline,
        baseline_as_of=as_of,
        letters=letters,
        referrals=asked,
        cases=every_case,
        checks=proofs,
        digest=digest,
    )
    check_unknowns(ruleset, scope.unknowns, faults)
    return ruleset


def _check_head(block: Block, faults: Faults) -> None:
    policy, version, currency = block["policy"], block["version"], block["currency"]
    if not IDENTIFIER.fullmatch(policy):
        faults.at(
            policy,
            told(
                "`{policy}` cannot name a policy; write lower-case words joined by -, such as sample-orders",
                policy=policy,
            ),
        )
    if not VERSION.fullmatch(version):
        faults.at(
            version, told("`{version}` is not a version; write three numbers, such as 1.0.0", version=version)
        )
    if not CURRENCY.fullmatch(currency):
        faults.at(
            currency, told("`{currency}` is not an ISO 4217 currency code such as CNY", currency=currency)
        )
    principal = block.get("principal_reasons", PRINCIPAL_REASONS)
    if not re.fullmatch(r"[1-9][0-9]?", principal):
        faults.at(
            principal,
            told("`principal_reasons` is a whole number from 1 to 99, not {principal}", principal=principal),
        )
