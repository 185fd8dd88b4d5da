"""English messages that remember their form and what fills it, so that they can be said in another language.

``told("`{name}` is no fact", name=...)`` is a ``str``, the English sentence; JSON, comparisons and logs see
no more. ``say`` puts the same values into the form of another language. A value may itself be a message or a
``Text``. A sentence or phrase without places is its own form and needs no ``told``; a single word does.

A message is lost, and stays English, where it is cut, stripped or put together with ``+`` or an f-string.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.values import Text


class Message(str):
    """What ``told`` made; ``form`` is as it stands in the catalogue, ``values`` are what fills it."""

    form: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        """Itself, so that ``str(error)`` is still the message with which the error was raised."""
        return self


class Several(Message):
    """Parts one behind the other; ``form`` stands between them."""


def told(form: str, **values: object) -> str:
    """``form`` with its places (as of ``str.format``) filled; an error is what it says."""
    kept = {name: str(one) if isinstance(one, BaseException) else one for name, one in values.items()}
    shown = {name: one.en if isinstance(one, Text) else one for name, one in kept.items()}
    message = Message(form.format(**shown) if values else form)
    message.form, message.values = form, kept
    return message


def joined(between: str, parts: Iterable[object]) -> str:
    """The parts with ``between`` between them, as ``str.join`` does it."""
    kept = list(parts)
    message = Several(between.join(one.en if isinstance(one, Text) else str(one) for one in kept))
    message.form, message.values = between, {str(place): one for place, one in enumerate(kept)}
    return message


def say(said: object, language: str, forms: Mapping[str, str]) -> object:
    """``said`` in a language other than English, of which ``forms`` are the forms by the English ones.

    A message whose form is not among them stays English as a whole. Other values are as they are, but for a
    text that is itself a form: a phrase of several words, because a single one may be somebody's name.
    """
    if isinstance(said, Text):
        return said.said_in(language)
    if isinstance(said, Several):
        between = forms.get(said.form, said.form)
        return between.join(str(say(one, language, forms)) for one in said.values.values())
    if isinstance(said, Message):
        form = forms.get(said.form)
        if form is None or not said.values:
            return form or said
        return form.format(**{name: say(one, language, forms) for name, one in said.values.items()})
    return forms.get(said, said) if isinstance(said, str) and " " in said else said
