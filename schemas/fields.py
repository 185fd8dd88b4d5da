"""The one kind of marshmallow field that is used here: read by a function, described by a JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from app.domain.messages import told


class Exact(fields.Field[Any]):
    """A member that ``read`` makes of the JSON value, or refuses by a ``ValueError`` in the reader's words.

    One that is not ``required`` may be left out or null, and is then None. ``schema`` is what it takes;
    marshmallow's own fields are not used because they convert: they would take 1 for "1".
    """

    def __init__(
        self, read: Callable[[Any], Any], *, required: bool = False, takes: str, schema: Mapping[str, Any]
    ) -> None:
        self.read = read
        metadata = dict(schema)
        if not required:
            if "enum" in metadata:
                metadata["enum"] = [*metadata["enum"], None]
            super().__init__(load_default=None, allow_none=True, metadata=metadata)
            return
        messages: dict[str, Any] = {
            "required": told("is missing; it takes {takes}", takes=takes),
            "null": told("may not be unknown; it takes {takes}", takes=takes),
        }
        super().__init__(required=True, allow_none=False, error_messages=messages, metadata=metadata)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        try:
            return self.read(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None
