"""Drafting: officers write texts. A draft is stored as written, so half-finished work can be saved.

It must only be UTF-8 and say which policy and version it is; every other fault is a
finding of its checks. Whoever brings a text is named among its authors, with the authors
of the text it was made from, unless somebody had approved that one.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.messages import told
from app.domain.moves import Move, created, moved
from app.domain.people import Principal
from app.domain.versions import RulesetVersion
from app.services.rulesets.proving import Proof, Proving
from app.services.rulesets.state_changes import Moment, StateChanges, check_seen
from app.store.rulesets import Rulesets
from schemas.ruleset import digest_of
from schemas.ruleset.head import check_names, head_of, renumbered


class Drafting:
    """Makes and edits drafts, and says what a version's text proves."""

    def __init__(self, rulesets: Rulesets, changes: StateChanges, proving: Proving) -> None:
        self._rulesets = rulesets
        self._changes = changes
        self._proving = proving

    def create(
        self,
        principal: Principal,
        policy: str,
        version: str,
        *,
        source: str | None = None,
        text: bytes | None = None,
        comment: str | None = None,
    ) -> RulesetVersion:
        """A new version: of ``text``, or of the text of ``source`` with nothing but the version changed.

        A policy that is not known yet begins with its first version. Raises ``Invalid`` for a text that is
        another version's, ``NotFound`` for a source that is not there, ``Refused`` where the version exists.
        """
        by = person(principal)
        check_names(policy, version)
        moment = self._changes.moment(policy)
        if version in moment.versions:
            message = told(
                "{policy} has a version {version} already; give the new one another number.",
                policy=policy,
                version=version,
            )
            raise Refused(message, conflict=True)
        made_from = None if source is None else _source(moment, source)
        if text is None:
            if made_from is None:
                problem = Problem("give `from`, the version to start from, or `text`")
                raise Invalid("A draft needs a text.", [problem])
            text = renumbered(self._rulesets.text(made_from.digest), version)
        _check_head(text, policy, version)
        wish = self._changes.wish(moment, Move.CREATE, by, comment=comment)
        event, authors = created(policy, version, digest_of(text), wish, made_from)
        return self._changes.follow(moment, event, wish, seen=None, text=text, authors=authors)

    def edit(
        self,
        principal: Principal,
        policy: str,
        version: str,
        text: bytes,
        *,
        seen: Collection[str] | None,
        comment: str | None = None,
    ) -> RulesetVersion:
        """Another text for a version: a draft again, whatever was approved before.

        A text that is the same to the byte changes nothing and records nothing. Raises ``Stale`` where the
        version is not as it was ``seen``, ``Refused`` where its text is final, ``Invalid`` for a text that
        is another version's.
        """
        by = person(principal)
        moment = self._changes.moment(policy)
        standing = moment.version(version)
        check_seen(standing, seen)
        _check_head(text, policy, version)
        digest = digest_of(text)
        wish = self._changes.wish(moment, Move.EDIT, by, comment=comment)
        event = moved(standing, wish, digest=digest)
        if digest == standing.digest:
            return standing
        return self._changes.follow(moment, event, wish, seen=seen, text=text, authors=(by,))

    def check(self, policy: str, version: str) -> tuple[RulesetVersion, Proof]:
        """What the text of a version proves, by both engines; it changes nothing. Raises ``NotFound``."""
        standing = self._changes.moment(policy).version(version)
        return standing, self._proving.proof(standing.digest)


def person(principal: Principal) -> str:
    """The name in the log of who signed in; raises ``Refused`` for a key, whatever its scopes."""
    if principal.key is not None:
        raise Refused("A key cannot change a ruleset: that takes a person who signed in.")
    return principal.id


def _source(moment: Moment, source: str) -> RulesetVersion:
    if not moment.events:
        raise NotFound(told("There is no policy {policy} to start from; give `text`.", policy=moment.policy))
    return moment.version(source)


def _check_head(text: bytes, policy: str, version: str) -> None:
    head = head_of(text)
    if (head.policy, head.version) != (policy, version):
        message = told(
            "the text says {policy} {version}, and this is {other} {number}",
            policy=head.policy,
            version=head.version,
            other=policy,
            number=version,
        )
        raise Invalid("The text is that of another version.", [Problem(message)])
