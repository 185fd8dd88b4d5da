"""What is asked about people and keys: sign-in, a person, authority, a customer, a password, a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from app.domain.people import Authority, Role, Scope
from schemas.bodies import CANNOT, read_body
from schemas.fields import Exact
from schemas.requests import NAME_PATTERN, matches

MOST_PASSWORD = 256
MOST_DAYS = 100_000
LANGUAGES = ("en", "zh")
AMOUNT_PATTERN = r"^[0-9]{1,15}(\.[0-9]{1,2})?$"
WORD_PATTERN = r"^[a-z][a-z0-9_-]{0,63}$"
_LINE = "a line of 1 to 200 characters without space around it"
_AMOUNT = 'an amount of at least 0 such as "50000.00", or null for no limit'
_DAYS = "a whole number of days, or null for no limit"
_OUTCOMES = "a list of outcomes; empty is any"


def _line(value: Any) -> str:
    if value.__class__ is not str or value != value.strip() or not matches(NAME_PATTERN, value):
        raise ValueError(told("takes {wanted}", wanted=_LINE))
    return str(value)


def _password(value: Any) -> str:
    if value.__class__ is not str or not 1 <= len(value) <= MOST_PASSWORD:
        raise ValueError(told("takes a text of 1 to {most} characters", most=MOST_PASSWORD))
    return str(value)


def _whole(most: int, takes: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if value.__class__ is not int or not 0 <= value <= most:
            raise ValueError(told("takes {wanted}", wanted=takes))
        return int(value)

    return read


def _yes_no(value: Any) -> bool:
    if value.__class__ is not bool:
        raise ValueError("takes true or false")
    return bool(value)


def _amount(value: Any) -> Decimal:
    text = str(value) if value.__class__ is int else value
    if text.__class__ is not str or not matches(AMOUNT_PATTERN, text):
        raise ValueError(told("takes {wanted}", wanted=_AMOUNT))
    return Decimal(text)


def _one_of(words: Collection[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value.__class__ is not str or value not in words:
            raise ValueError(told("takes one of {words}", words=joined(", ", words)))
        return str(value)

    return read


def _list_of(read: Callable[[Any], str], takes: str) -> Callable[[Any], tuple[str, ...]]:
    def read_list(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > 50 or len(set(map(str, value))) != len(value):
            raise ValueError(told("takes {wanted}, each once", wanted=takes))
        return tuple(map(read, value))

    return read_list


def _word(value: Any) -> str:
    if value.__class__ is not str or not re.fullmatch(WORD_PATTERN[1:-1], value):
        raise ValueError(told("takes {wanted}", wanted=_OUTCOMES))
    return str(value)


def _text_field(*, required: bool = False) -> Exact:
    return Exact(_line, required=required, takes=_LINE, schema={"type": "string", "pattern": NAME_PATTERN})


def _password_field(*, required: bool = False) -> Exact:
    schema = {"type": "string", "minLength": 1, "maxLength": MOST_PASSWORD, "format": "password"}
    return Exact(_password, required=required, takes="a text", schema=schema)


def _choice_field(words: Collection[str], *, required: bool = False) -> Exact:
    takes = told("one of {words}", words=joined(", ", words))
    schema = {"type": "string", "enum": list(words)}
    return Exact(_one_of(words), required=required, takes=takes, schema=schema)


class _Closed(Schema):
    class Meta:
        unknown = RAISE


class SignInSchema(_Closed):
    """Login and password."""

    login = _text_field(required=True)
    password = _password_field(required=True)


class PersonSchema(_Closed):
    """A new person. Without a password one is made up and answered, once."""

    login = _text_field(required=True)
    name = _text_field(required=True)
    role = _choice_field([role.value for role in Role], required=True)
    language = _choice_field(LANGUAGES)
    password = _password_field()


class PersonChangeSchema(_Closed):
    """What shall be another about a person; what is left out stays."""

    name = _text_field()
    role = _choice_field([role.value for role in Role])
    active = Exact(_yes_no, takes="true or false", schema={"type": "boolean"})
    language = _choice_field(LANGUAGES)


class PasswordSchema(_Closed):
    """Another password; one's own with the ``old`` one, somebody else's without."""

    password = _password_field(required=True)
    old = _password_field()


class AuthoritySchema(_Closed):
    """What a person may settle in one policy."""

    amount = Exact(_amount, takes=_AMOUNT, schema={"type": "string", "pattern": AMOUNT_PATTERN})
    days = Exact(_whole(MOST_DAYS, _DAYS), takes=_DAYS, schema={"type": "integer", "minimum": 0})
    outcomes = Exact(
        _list_of(_word, _OUTCOMES),
        takes=_OUTCOMES,
        schema={"type": "array", "items": {"type": "string", "pattern": WORD_PATTERN}, "maxItems": 50},
    )


class CustomerSchema(_Closed):
    """A customer to look after."""

    customer = _text_field(required=True)


class KeySchema(_Closed):
    """A new key for ``owner``, a login or id."""

    owner = _text_field(required=True)
    label = _text_field(required=True)
    scopes = Exact(
        _list_of(
            _one_of([scope.value for scope in Scope]), told("a list of {scope}", scope=joined(", ", Scope))
        ),
        required=True,
        takes="a list of scopes",
        schema={"type": "array", "items": {"enum": [scope.value for scope in Scope]}, "minItems": 1},
    )
    days = Exact(
        _whole(MOST_DAYS, "a whole number of days"),
        takes="a whole number of days",
        schema={"type": "integer", "minimum": 1, "maximum": 366, "default": 90},
    )


_SIGN_IN, _PERSON, _CHANGE, _SECRET, _AUTHORITY, _CUSTOMER, _KEY = (
    SignInSchema(),
    PersonSchema(),
    PersonChangeSchema(),
    PasswordSchema(),
    AuthoritySchema(),
    CustomerSchema(),
    KeySchema(),
)
REQUESTS = {
    "SignInRequest": SignInSchema,
    "PersonRequest": PersonSchema,
    "PersonChange": PersonChangeSchema,
    "PasswordRequest": PasswordSchema,
    "AuthorityRequest": AuthoritySchema,
    "CustomerRequest": CustomerSchema,
    "KeyRequest": KeySchema,
}


def read_sign_in(body: Any) -> tuple[str, str]:
    """Login and password; raises ``Invalid``, here and below."""
    read = read_body(_SIGN_IN, body)
    return read["login"], read["password"]


def read_person(body: Any) -> dict[str, Any]:
    """A new person's login, name, role, language and password; the last two may be None."""
    read = read_body(_PERSON, body)
    return {**read, "role": Role(read["role"])}


def read_person_change(body: Any) -> dict[str, Any]:
    """What shall be another: name, role, active, language, each None where it stays."""
    read = read_body(_CHANGE, body)
    if all(value is None for value in read.values()):
        raise Invalid(
            CANNOT,
            [Problem(told("nothing is changed; give one of {fields}", fields=joined(", ", _CHANGE.fields)))],
        )
    return {**read, "role": None if read["role"] is None else Role(read["role"])}


def read_password(body: Any) -> tuple[str, str | None]:
    """The new password, and the old one or None."""
    read = read_body(_SECRET, body)
    return read["password"], read["old"]


def read_authority(body: Any, policy: str) -> Authority:
    """What is to be settled in ``policy``."""
    read = read_body(_AUTHORITY, body)
    return Authority(policy, read["amount"], read["days"], frozenset(read["outcomes"] or ()))


def read_customer(body: Any) -> str:
    """The customer."""
    customer: str = read_body(_CUSTOMER, body)["customer"]
    return customer


def read_key(body: Any) -> dict[str, Any]:
    """Owner, label, scopes and days of a new key; days may be None."""
    read = read_body(_KEY, body)
    return {**read, "scopes": [Scope(word) for word in read["scopes"]]}
