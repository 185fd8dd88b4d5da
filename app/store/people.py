"""Reads people, what they may settle, and whose customers they look after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select

from app.domain.errors import NotFound
from app.domain.messages import told
from app.domain.people import Authority, Person, Role
from app.domain.people_changes import Assigned
from app.store.columns import words_of
from app.store.memory import Memory
from app.store.people_tables import assignment, authority, person
from app.store.reading import Reader


@dataclass(frozen=True, slots=True)
class Known:
    """A person and the PHC form of the password: for whoever checks a password, and nobody else."""

    person: Person
    password: str = field(repr=False)


class People:
    """Persons by id and login, with authorities and assigned customers.

    ``keeps``: one process alone writes, so persons may be remembered until ``forget``; authorities and
    assignments are read each time.
    """

    def __init__(self, reader: Reader, *, keeps: bool) -> None:
        self._reader = reader
        self._known: Memory[UUID | str, Person] = Memory(keeps=keeps)

    def get(self, id: UUID) -> Person:
        """The person of that id, active or not; raises ``NotFound``."""
        found = self._known.get(id, lambda: self._one(person.c.id == id))
        if found is None:
            raise NotFound(told("There is no person {id}.", id=id))
        return found

    def by_login(self, login: str) -> Person | None:
        """The person with that login, in the letters in which logins are kept."""
        return self._known.get(login, lambda: self._one(person.c.login == login))

    def known(self, login: str) -> Known | None:
        """The person with that login, and the password's hash, as they stand now."""
        row = self._reader.first(select(person).where(person.c.login == login))
        return None if row is None else Known(person_of(row), row.password)

    def page(self, *, after: UUID | None, limit: int) -> tuple[Person, ...]:
        """People in the order in which they came, from behind ``after`` on."""
        statement = select(person).order_by(person.c.id).limit(limit)
        if after is not None:
            statement = statement.where(person.c.id > after)
        return tuple(map(person_of, self._reader.all(statement)))

    def counts(self) -> tuple[int, int]:
        """How many people there are, and how many of them are active."""
        counted = select(person.c.active, func.count().label("number")).group_by(person.c.active)
        found = {bool(row.active): int(row.number) for row in self._reader.all(counted)}
        return sum(found.values()), found.get(True, 0)

    def unprovided(self, settling: Collection[Role], selling: Role) -> tuple[Person, ...]:
        """Active people whose role settles and who hold no authority, or who sell and look after nobody."""
        holds = exists().where(authority.c.person == person.c.id)
        looks_after = exists().where(assignment.c.person == person.c.id)
        lacks = or_(
            and_(person.c.role.in_([str(role) for role in settling]), ~holds),
            and_(person.c.role == str(selling), ~looks_after),
        )
        found = select(person).where(person.c.active, lacks).order_by(person.c.id)
        return tuple(map(person_of, self._reader.all(found)))

    def ids(self) -> tuple[UUID, ...]:
        """The id of everybody there is, active or not."""
        return tuple(row.id for row in self._reader.all(select(person.c.id)))

    def authorities(self, id: UUID) -> Mapping[str, Authority]:
        """What that person may settle, by policy."""
        statement = select(authority).where(authority.c.person == id).order_by(authority.c.policy)
        return {row.policy: _authority(row) for row in self._reader.all(statement)}

    def holders(self, policy: str) -> Sequence[tuple[Person, Authority]]:
        """The active people who may settle something in a policy, with what."""
        statement = (
            select(person, authority)
            .join(authority, authority.c.person == person.c.id)
            .where(authority.c.policy == policy, person.c.active)
            .order_by(person.c.id)
        )
        return [(person_of(row), _authority(row)) for row in self._reader.all(statement)]

    def assigned(self, id: UUID) -> tuple[Assigned, ...]:
        """The customers that person looks after, as hashes and sealed names, in no telling order."""
        statement = select(assignment).where(assignment.c.person == id).order_by(assignment.c.customer)
        return tuple(
            Assigned(row.person, bytes(row.customer), bytes(row.sealed), row.key_id)
            for row in self._reader.all(statement)
        )

    def forget(self) -> None:
        """Read persons anew from now on: a change has just been committed."""
        self._known.forget()

    def _one(self, which: ColumnElement[bool]) -> Person | None:
        row = self._reader.first(select(person).where(which))
        return None if row is None else person_of(row)


def person_of(row: Row[Any]) -> Person:
    """The person of a row that has the columns of ``person`` under their own names."""
    return Person(row.id, row.login, row.name, Role(row.role), row.active, row.language, row.revision)


def _authority(row: Row[Any]) -> Authority:
    amount = None if row.amount is None else Decimal(row.amount)
    return Authority(row.policy, amount, row.days, frozenset(words_of(row.outcomes)))
