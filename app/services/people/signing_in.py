"""Signing in: who a session token or a key stands for, and how a person gets a session.

Everything that fails to prove who asks is ``Unauthenticated``, in one and the same
words: an unknown token, an expired one, a revoked one, an owner who is gone. A sign-in
that fails takes the same time and says the same, whether the login is nobody's, the
password another, or the person no longer active.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.credentials import passwords, tokens
from app.domain.audit import JSON, EntryKind, Recording
from app.domain.errors import Refused, TooManyAttempts, Unauthenticated, Unavailable
from app.domain.people import DEMO_PREFIX, Person, Principal
from app.domain.people_changes import PasswordSet, SessionOpened
from app.services.clear_recording import in_the_clear
from app.services.people.attempts import Attempts, network_of
from app.services.people.refusals import RefusalLog, Refusals
from app.services.recording import Recorder
from app.store.people import Known
from app.store.store import Store
from schemas.decisions import sealed_bytes

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
DEVICE = timedelta(days=90)
SWEPT_EVERY = timedelta(minutes=10)
OWN_SESSION = "own session"
"""Where the old password is asked for, in place of an address: whoever asks is signed in."""
NOT_KNOWN = "Sign in, or send a key that stands: Authorization: Bearer KEY."
WRONG = "Login and password do not go together."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. The three tokens are told here and nowhere else; ``expires_at`` is the latest end.

    ``device`` goes into a cookie that outlives the session: it opens nothing, but lets this browser sign in
    while others guess.
    """

    person: Person
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    device: str = field(repr=False)
    expires_at: datetime


class SigningIn:
    """Opens, recognises and ends sessions, and recognises keys.

    ``now`` gives UTC, ``clock`` seconds for counting failures. ``device_key`` is 32 bytes, the same in every
    process. ``demo``: people of the demonstration are let in, which loopback in development alone may say.
    """

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        device_key: bytes,
        demo: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._people = store.people
        self._ways_in = store.ways_in
        self._recorder = recorder
        self._now = now
        self._new_id = new_id
        self._device_key = device_key
        self._demo = demo
        self._attempts = Attempts(clock)
        self._swept_at: datetime | None = None
        self.refusals = RefusalLog(self._record_refusals, now)

    def principal(self, bearer: str) -> Principal:
        """Who sends ``Authorization: Bearer``: a key or a session token; raises ``Unauthenticated``."""
        if bearer.startswith(tokens.KEY_PREFIX):
            return self.principal_of_key(bearer)
        return self.principal_of_session(bearer)

    def principal_of_session(self, token: str) -> Principal:
        """The person who signed in, as they stand now; raises ``Unauthenticated``.

        A session ends after 30 minutes without a request (to a minute) and after 12 hours in any case.
        """
        now = self._now()
        found = self._ways_in.session(tokens.digest(token)) if tokens.is_session(token) else None
        if found is None or not self._stands(found.person):
            raise Unauthenticated(NOT_KNOWN)
        if now >= found.expires_at or now - found.seen_at >= IDLE:
            raise Unauthenticated(NOT_KNOWN)
        self._ways_in.seen(found, now)
        return Principal(found.person, signed_in_at=found.signed_in_at, session=found.token)

    def principal_of_key(self, text: str) -> Principal:
        """The owner of a key, as they stand now, and the key; raises ``Unauthenticated``."""
        now = self._now()
        parts = tokens.key_parts(text)
        found = None if parts is None else self._ways_in.key(parts.id)
        if parts is None or found is None or not tokens.same(parts.digest, found.secret):
            raise Unauthenticated(NOT_KNOWN)
        key = found.key
        if key.revoked_at is not None or now >= key.expires_at or not self._stands(found.owner):
            raise Unauthenticated(NOT_KNOWN)
        self._ways_in.used(key, now)
        return Principal(found.owner, key=key)

    def csrf(self, token: str) -> str:
        """The token that every change asked with the session cookie must repeat in a header."""
        return tokens.csrf(token)

    def csrf_matches(self, token: str, given: str) -> bool:
        """Whether ``given`` is the CSRF token of the session with that token."""
        return tokens.csrf_matches(token, given)

    def sign_in(
        self,
        login: str,
        password: str,
        *,
        address: str,
        device: str | None = None,
        instead_of: str | None = None,
    ) -> SignedIn:
        """Open a session for whoever knows the password; ``instead_of`` is the session that it replaces.

        ``address`` is where the request comes from, ``device`` the token of an earlier sign-in there. Raises
        ``Unauthenticated``, ``TooManyAttempts`` without having looked at anything, ``Unavailable``.
        """
        login, source = login.strip().lower(), network_of(address)
        known_device = tokens.device_parts(self._device_key, login, device) if device else None
        if known_device and known_device.issued < (self._now() - DEVICE).timestamp():
            known_device = None
        try:
            attempt = self._attempts.begin(login, source, known_device.number if known_device else None)
        except TooManyAttempts:
            self.refusals.note(login, source, "locked", looked_at=False)
            raise
        try:
            known = self._people.known(login)
            right = passwords.matches(
                password, None if known is None else known.password, known=known_device is not None
            )
        except Unavailable:
            self._attempts.withdrawn(attempt)
            raise
        if known is None or not right or not self._stands(known.person):
            self.refusals.note(login, source, "inactive" if right else "password")
            raise Unauthenticated(WRONG)
        self._attempts.succeeded(attempt)
        return self._opened(known, source, known_device is not None, instead_of)

    def sign_out(self, principal: Principal) -> None:
        """End the session by which ``principal`` came; nothing happens for a key. Raises ``Unavailable``."""
        if principal.session is not None:
            self._ways_in.end(principal.session)

    def change_password(self, principal: Principal, old: str, password: str) -> None:
        """Another password for whoever asks and knows the ``old`` one; their other sessions end.

        Raises ``Refused`` for another old one, ``TooManyAttempts`` after some of those, ``Invalid``.
        """
        person = principal.person
        attempt = self._attempts.begin(person.login, OWN_SESSION, str(person.id))
        known = self._people.known(person.login)
        if known is None or not passwords.matches(old, known.password, known=True):
            self.refusals.note(person.login, OWN_SESSION, "password")
            raise Refused("The old password is another one.")
        self._attempts.succeeded(attempt)
        change = PasswordSet(person.id, passwords.hashed(password), known.password, principal.session)
        at = self._now()
        clear = {"person": str(person.id), "change": "password"}
        self._recorder.record(
            in_the_clear(
                self._new_id(at), EntryKind.PERSON_STATE, at, clear, str(person.id), changes=(change,)
            )
        )

    def close(self) -> None:
        """Record what waits to be."""
        self.refusals.close()

    def _opened(self, known: Known, source: str, known_device: bool, instead_of: str | None) -> SignedIn:
        at = self._now()
        person, token = known.person, tokens.new_secret()
        replaced = tokens.digest(instead_of) if instead_of and tokens.is_session(instead_of) else None
        change = SessionOpened(tokens.digest(token), person.id, at, at + ABSOLUTE, replaced)
        clear = {"person": str(person.id), "role": person.role.value, "known_device": known_device}
        sealed = sealed_bytes({"login": person.login, "source": source})
        entry = Recording(
            id=self._new_id(at),
            kind=EntryKind.SIGN_IN,
            at=at,
            clear=clear,
            sealed_plaintext=sealed,
            person=str(person.id),
            actor=str(person.id),
            changes=(change,),
        )
        self._recorder.record(entry)
        if self._swept_at is None or at - self._swept_at >= SWEPT_EVERY:
            self._swept_at = at
            self._ways_in.sweep(at, IDLE)
        device = tokens.device_text(self._device_key, person.login, int(at.timestamp()))
        return SignedIn(person, token, tokens.csrf(token), device, change.expires_at)

    def _stands(self, person: Person) -> bool:
        return person.active and (self._demo or not person.login.startswith(DEMO_PREFIX))

    def _record_refusals(self, sums: Refusals, at: datetime) -> bool:
        known = self._people.known(sums.login)
        if known is None:
            return False
        because = {name: count for name, count in sums.because.items() if count}
        clear: dict[str, JSON] = {"person": str(known.person.id), "count": sums.count, **because}
        sealed = sealed_bytes({"login": sums.login, "source": sums.source})
        whose = str(known.person.id)
        self._recorder.record(
            Recording(self._new_id(at), EntryKind.SIGN_IN_REFUSED, at, clear, sealed, person=whose)
        )
        return True
