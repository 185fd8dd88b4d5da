"""Column types that read the same on both databases: ids, instants, JSON, and words in one text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Dialect, LargeBinary, Text, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.domain.instants import from_utc_text, utc_text


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, where its own text form would take 36, and ``uuid`` on PostgreSQL."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native: TypeEngine[Any] = Uuid() if dialect.name == "postgresql" else LargeBinary(16)
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _: Dialect) -> UUID | None:
        return UUID(bytes=value) if isinstance(value, bytes) else value


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: the text of ``utc_text`` on SQLite, ``timestamptz`` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native: TypeEngine[Any] = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return utc_text(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _: Dialect) -> datetime | None:
        if value is None:
            return None
        return from_utc_text(value) if isinstance(value, str) else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON: text on SQLite, ``jsonb`` on PostgreSQL.

    The type comes from PostgreSQL's own part of SQLAlchemy, which is slow to import and so is left
    to a process that has PostgreSQL to talk to: a server is waited for while it starts.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


def words_text(words: Iterable[str]) -> str:
    """Codes or rule names in one text, each between blanks, so that a whole one can be looked for."""
    joined = " ".join(words)
    return f" {joined} " if joined else ""


def words_of(text: str) -> tuple[str, ...]:
    """The words that ``words_text`` joined, in order."""
    return tuple(text.split())
