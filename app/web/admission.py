"""Admission: whoever cannot be served is told so before anything is spent on them.

When more comes than can be done, a server that takes in everything is late for everyone: it works through
requests whose callers have hung up. So a bounded number is worked on and a bounded number waits, a moment at
most; the rest is answered 503 with Retry-After here, before Flask, for some microseconds. The server has
more threads than there are places (``app.settings.rooms``), so that nobody waits before this door unseen.
Requests turned away are counted in the metrics and not logged one by one. Which places a call takes is said
in ``app.web.api.operations``, and by each page. What says how the service is doing takes none and is always
let in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flask import Flask
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.settings import Settings
from app.settings.rooms import USUAL, rooms
from app.web import headers
from app.web.api.operations import OPERATIONS, Operation
from app.web.metrics import Metrics
from app.web.pages.page import Page
from app.web.pages.site import PAGES
from app.web.places import Places
from app.web.turned_away import TurnedAway

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE_SECONDS = 0.5


def register(app: Flask, settings: Settings, metrics: Metrics) -> None:
    """Stand before ``app``."""
    places = {
        kind: Places(room, PATIENCE_SECONDS) for kind, room in rooms(settings.threads, settings.queue).items()
    }
    metrics.registry.register(_Counts(places))
    fixed = headers.fixed(behind_tls=not settings.development)
    app.wsgi_app = Admission(app.wsgi_app, places, fixed)  # type: ignore[method-assign]


class Admission:
    """A WSGI application that lets ``app`` work on as much as there are ``places`` for, by kind."""

    def __init__(
        self, app: WSGIApplication, places: Mapping[str, Places], fixed: Iterable[tuple[str, str]]
    ) -> None:
        self.app = app
        self.places = places
        self._kind_of = kinds()
        self._turned_away = TurnedAway(fixed)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kind = self._kind_of(environ)
        if kind is None:
            return self.app(environ, start_response)
        places = self.places[kind]
        if not places.take():
            headers, body = self._turned_away.answer(environ)
            start_response("503 Service Unavailable", headers)
            return [body]
        try:
            answer = self.app(environ, start_response)
        except BaseException:
            places.give()
            raise
        return _Held(answer, places.give)


class _Held:
    """An answer that holds its place until its last part is made, or the server lets it go."""

    def __init__(self, answer: Iterable[bytes], give: Callable[[], None]) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._give: Callable[[], None] | None = give

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:
            self._let_go()
            raise

    def close(self) -> None:
        """Called by the server, also when the client has hung up."""
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        give, self._give = self._give, None
        if give is not None:
            give()


def kinds() -> Callable[[WSGIEnvironment], str | None]:
    """A function that finds the kind of places that a request takes; None for what is always let in."""
    every: tuple[Operation | Page, ...] = (*OPERATIONS, *PAGES)
    others = {f"{one.method.upper()} {one.path}": one.places for one in every if one.places != USUAL}
    calls = list(others.values())
    pattern = re.compile("|".join(f"({re.sub('{[^}]+}', '[^/]+', call)})" for call in others))

    def kind(environ: WSGIEnvironment) -> str | None:
        method = environ["REQUEST_METHOD"]
        found = pattern.fullmatch(f"{'GET' if method == 'HEAD' else method} {environ['PATH_INFO']}")
        return USUAL if found is None or found.lastindex is None else calls[found.lastindex - 1]

    return kind


class _Counts(Collector):
    """How many requests of each kind are inside, wait, and were turned away, as it stands when asked."""

    def __init__(self, places: Mapping[str, Places]) -> None:
        self._places = places

    def collect(self) -> Iterator[Metric]:
        kind = ["kind"]
        inside = GaugeMetricFamily("termwise_requests_inside", "Requests worked on now", labels=kind)
        waiting = GaugeMetricFamily("termwise_requests_waiting", "Requests waiting for a place", labels=kind)
        away = CounterMetricFamily("termwise_requests_turned_away", "Requests without a place", labels=kind)
        for name, places in self._places.items():
            inside.add_metric([name], places.inside)
            waiting.add_metric([name], places.waiting)
            away.add_metric([name], places.turned_away)
        yield from (inside, waiting, away)
