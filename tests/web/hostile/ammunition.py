"""Hostile and random requests: valid ones, mutated ones, and bytes that never were a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from tests.web.hostile.supplies import MEDIA, METHODS, PATHS, POLICIES, PROOFS, USUAL, VALUES, WORDS


@dataclass(frozen=True)
class Shot:
    """One thing to send.

    ``manner``: whole, chunked, slow, cut (half of it, then hang up), short (less than announced), deaf (hang
    up without hearing the answer) or raw (no HTTP at all).
    """

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    manner: str = "whole"


@dataclass
class Ammunition:
    """An endless supply for one thread. ``ids`` are decisions that were acknowledged."""

    seed: int
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._kinds: Sequence[tuple[int, Callable[[], Shot]]] = (
            (34, self.decision),
            (12, self.simulation),
            (8, self.batch),
            (8, self.csv),
            (14, self.reading),
            (8, self.searching),
            (10, self.strange),
            (6, self.noise),
        )

    def next(self) -> Shot:
        """One more."""
        weights = [weight for weight, _ in self._kinds]
        ((_, make),) = self._random.choices(self._kinds, weights)
        return make()

    def decision(self) -> Shot:
        policy, body = self._request()
        return self._post(f"/v1/policies/{policy}/decisions", body, "application/json")

    def simulation(self) -> Shot:
        policy, body = self._request()
        return self._post(f"/v1/policies/{policy}/simulations", body, "application/json")

    def batch(self) -> Shot:
        lines = [self._request()[1].replace(b"\n", b" ") for _ in range(self._random.randint(0, 6))]
        end = self._random.choice([b"\n", b"\r\n", b"\n\n"])
        return self._post(
            f"/v1/policies/{self._policy()}/decisions/batch", end.join(lines), "application/x-ndjson"
        )

    def csv(self) -> Shot:
        policy = self._policy()
        facts = POLICIES.get(policy, USUAL)
        header = [
            *facts,
            *self._random.sample(["id", "customer", "reference", "as_of", "idempotency_key"], 2),
        ]
        rows = [
            ",".join(self._cell(facts, name) for name in header) for _ in range(self._random.randint(0, 5))
        ]
        body = "\n".join([",".join(header), *rows]).encode("utf-8", "surrogatepass")
        body = body.replace(b"True", b"yes").replace(b"[]", b"")
        return self._post(f"/v1/policies/{policy}/decisions/batch", self._damaged(body), "text/csv")

    def _cell(self, facts: dict[str, Any], name: str) -> str:
        usual = str(facts.get(name, "7"))
        return self._random.choice([usual, self._random.choice(WORDS), ""]) if self._one_in(8) else usual

    def reading(self) -> Shot:
        rest = self._random.choice(["", "/explanation", "/letters", "/replay", "/nothing"])
        method = "POST" if rest == "/replay" else "GET"
        query = self._random.choice(["", "", "?lang=zh", "?lang=en", f"?lang={quote(self._word())}", "?x=1"])
        return Shot(self._odd_method(method), f"/v1/decisions/{self._id()}{rest}{query}", self._odd_headers())

    def searching(self) -> Shot:
        names = [
            "policy",
            "outcome",
            "customer",
            "reference",
            "rule",
            "reason",
            "since",
            "until",
            "limit",
            "after",
            "x",
        ]
        known = ["payment-terms", "counter", "C-1", "TERM_TOO_LONG", "2026-01-01", "5", "1000", self._id()]
        given = [
            (self._random.choice(names), self._random.choice([*known, self._word()]))
            for _ in range(self._random.randint(0, 4))
        ]
        query = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in given)
        return Shot("GET", f"/v1/decisions?{query}", self._odd_headers())

    def strange(self) -> Shot:
        target = self._random.choice(PATHS)
        body = self._request()[1] if self._one_in(3) else b""
        return Shot(self._random.choice(METHODS), target, self._odd_headers(), body, self._manner())

    def noise(self) -> Shot:
        """Bytes on the wire: random ones, or a request that is damaged as a whole."""
        if self._one_in(2):
            return Shot("", "", body=self._random.randbytes(self._random.randint(1, 400)), manner="raw")
        policy, body = self._request()
        head = (
            f"POST /v1/policies/{policy}/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return Shot("", "", body=self._spoiled(head.encode() + body), manner="raw")

    def _request(self) -> tuple[str, bytes]:
        policy = self._policy()
        facts: dict[str, Any] = dict(POLICIES.get(policy, USUAL))
        body: dict[str, Any] = {"facts": facts, "customer": f"C-{self._random.randint(1, 40)}"}
        if self._one_in(2):
            body["reference"] = f"SO-{self._random.randint(1, 400)}"
        while self._one_in(2):
            where = self._random.choice([facts, facts, body])
            name = self._random.choice([*where, "as_of", "currency", "version", "id", self._word()])
            where[name] = self._random.choice(VALUES)
        if self._one_in(60):
            body["facts"] = self._nested()
        return policy, self._damaged(
            json.dumps(body, ensure_ascii=self._one_in(2)).encode("utf-8", "surrogatepass")
        )

    def _damaged(self, body: bytes) -> bytes:
        """Mostly as it was."""
        return self._spoiled(body) if self._one_in(6) else body

    def _spoiled(self, body: bytes) -> bytes:
        place = self._random.randrange(len(body) + 1)
        match self._random.randrange(7):
            case 0:
                return body[:place]
            case 1:
                return body[:place] + self._random.randbytes(1) + body[place + 1 :]
            case 2:
                return body[:place] + self._random.randbytes(self._random.randint(1, 20)) + body[place:]
            case 3:
                return body[:place] + body[place // 2 :]
            case 4:
                return body.replace(b'"', b"'", 2)
            case 5:
                return b"\xef\xbb\xbf" + body
            case _:
                return body + b" " * self._random.choice([1, 1000, 270_000])

    def _post(self, target: str, body: bytes, media: str) -> Shot:
        headers = [("Content-Type", self._random.choice(MEDIA) if self._one_in(25) else media)]
        if self._one_in(4):
            headers.append(("Idempotency-Key", f"k{self._random.randint(1, 200)}"))
        return Shot(self._odd_method("POST"), target, [*headers, *self._odd_headers()], body, self._manner())

    def _odd_headers(self) -> list[tuple[str, str]]:
        odd = [
            ("Authorization", self._random.choice(PROOFS)),
            ("Cookie", self._random.choice(["termwise_session=x", "termwise_session", ";=;", "x" * 3000])),
            ("Termwise-CSRF", self._random.choice(["", "x", "\xe9"])),
            ("Request-Id", self._random.choice(["", "a-1", "x" * 65, "a b", "\xe9"])),
            ("Origin", self._random.choice(["null", "https://elsewhere.example", "::", "http://["])),
            ("Idempotency-Key", self._random.choice(["", "x" * 300, "a,b"])),
            ("Content-Encoding", "gzip"),
            ("If-None-Match", self._random.choice(["*", '"x"', 'W/"', "\xff"])),
            ("Accept", "text/html"),
            ("Expect", "100-continue"),
            ("X-Long", "x" * 5000),
            ("Host", self._random.choice(["", "elsewhere.example", "a b"])),
            ("X-HTTP-Method-Override", "DELETE"),
            ("Connection", self._random.choice(["close", "upgrade", "keep-alive, x"])),
        ]
        return [self._random.choice(odd)] if self._one_in(6) else []

    def _odd_method(self, method: str) -> str:
        return self._random.choice(METHODS) if self._one_in(30) else method

    def _manner(self) -> str:
        chance = self._random.random()
        for manner, share in (
            ("chunked", 0.05),
            ("cut", 0.02),
            ("short", 0.01),
            ("deaf", 0.01),
            ("slow", 0.003),
        ):
            if chance < share:
                return manner
            chance -= share
        return "whole"

    def _nested(self) -> Any:
        value: Any = 1
        for _ in range(self._random.choice([5, 14, 15, 16, 400])):
            value = [value] if self._one_in(2) else {"a": value}
        return value

    def _policy(self) -> str:
        return (
            self._random.choice(["none", "%00", "A"])
            if self._one_in(30)
            else self._random.choice([*POLICIES])
        )

    def _id(self) -> str:
        if self.ids and not self._one_in(4):
            return self._random.choice(self.ids)
        return self._random.choice(["x", "0", "01a20051-00f2-7152-b6ef-edbc9b86c1d4", quote(self._word())])

    def _word(self) -> str:
        return self._random.choice(WORDS).encode("utf-8", "replace").decode()

    def _one_in(self, number: int) -> bool:
        return self._random.randrange(number) == 0
