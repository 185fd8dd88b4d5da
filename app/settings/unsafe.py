"""What is said when a setting cannot be used."""

from __future__ import annotations

import re


class UnsafeSetting(ValueError):
    """A setting that cannot be used: names the variable, its value and the remedy.

    Passwords in database addresses are left out of the message.
    """

    def __init__(self, name: str, value: str, remedy: str) -> None:
        super().__init__(f"{name}={_without_password(value)!r}: {remedy}")
        self.name = name
        self.remedy = remedy


def _without_password(value: str) -> str:
    return re.sub(r"(://[^:/]*:).*@", r"\1***@", value)
