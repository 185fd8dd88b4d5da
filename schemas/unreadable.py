"""A cell or formula that cannot be read: the place, and the sign that was probably meant."""

from __future__ import annotations

from lark import Token, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from app.domain.messages import told

# Signs that keyboards and word processors put in place of those of the language.
_MEANT = {
    "，": ",", "、": ",", "（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]",
    "＞": ">", "＜": "<", "＝": "=", "≥": ">=", "≤": "<=", "≠": "!=", "＋": "+", "－": "-",
    "^": "**", "—": "-", "–": "-", "−": "-", "×": "*", "÷": "/", "％": "%", "…": "..",
    "“": '"', "”": '"', "‘": '"', "’": '"', "'": '"',
}  # fmt: skip


class Unreadable(ValueError):
    """A cell or formula that cannot be read; the message says what would be right."""


def place(text: str, error: UnexpectedInput) -> str:
    """`` at `> 30``` or ``because it ends too early``, and the sign that was meant, if one can be told."""
    position = error.pos_in_stream
    ended = (
        isinstance(error, UnexpectedToken) and isinstance(error.token, Token) and error.token.type == "$END"
    )
    if ended or position is None or not 0 <= position < len(text.rstrip()):
        return "because it ends too early"
    sign = text[position]
    meant = _MEANT.get(sign)
    if meant is None and isinstance(error, UnexpectedCharacters) and sign.isdigit() and not sign.isascii():
        meant = str(int(sign))
    hint = told(" (write {meant} instead of {sign})", meant=meant, sign=sign) if meant else ""
    return told("at `{text}`{hint}", text=text[position : position + 12], hint=hint)
