"""Values as a reader reads them: grouped, with their unit, in the reader's language and zone.

Numbers are exact decimals from end to end. Babel is imported at the first use: no page is asked for while a
server starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from app.domain.values import Kind, Value, ValueType
from app.domain.wording import measured
from app.web.pages.language import language, said
from schemas.json_values import value_from_json

_LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
_NUMBER = "#,##0.####"
NUMERIC = frozenset({Kind.MONEY, Kind.PERCENT, Kind.NUMBER, Kind.DAYS, Kind.HOURS})
_NO_BREAK = "\u00a0"
_EXACT = Context(prec=1000)  # whatever was accepted is told to its last digit


def money(amount: Decimal | str | None, currency: str = "", decimals: int = 2) -> str:
    """``80,000.00 CNY``; nothing for what is not known."""
    if amount is None:
        return ""
    digits = _decimal(amount, f"#,##0.{'0' * decimals}" if decimals else "#,##0")
    return f"{digits}{_NO_BREAK}{currency}" if currency else digits


def percent(share: Decimal | str | None) -> str:
    """``30%`` of ``0.30``."""
    return "" if share is None else f"{_decimal(Decimal(share).scaleb(2, _EXACT), _NUMBER)}%"


def number(value: Decimal | int | str | None) -> str:
    """``1,234.5``."""
    return "" if value is None else _decimal(value, _NUMBER)


def day(value: date | str | None) -> str:
    """``22 Nov 2026``; ``2026年11月22日``."""
    if value is None:
        return ""
    from babel.dates import format_date

    known = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(known, _DAYS[language()], _locale())


def moment(value: datetime | str | None, zone: tzinfo = UTC) -> str:
    """Day, hour and minute of an instant, in ``zone``."""
    if value is None:
        return ""
    from babel.dates import format_datetime

    return format_datetime(instant(value).astimezone(zone), _MOMENTS[language()], locale=_locale())


def utc(value: datetime | str) -> str:
    """The instant in UTC to the second, as machines and auditors read it."""
    return instant(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(value: datetime | str) -> datetime:
    """An instant of a document."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def value(given: Any, kind: ValueType, currency: str = "") -> str:
    """A value of a document (JSON) or of a ruleset, with its unit; lists with a comma between."""
    if kind.kind is Kind.RECORDS:
        return "; ".join(records(given, kind, currency))
    known: Value = value_from_json(given, kind) if isinstance(given, str | list) else given
    if known is None:
        return ""
    if (say := _BY_KIND.get(kind.kind)) is not None:
        return say(known, kind, currency)
    return ("、" if language() == "zh" else ", ").join(measured(known, kind, language(), currency))


def records(given: Any, kind: ValueType, currency: str = "") -> list[str]:
    """A list of records, each as a line: its fields that are known, with their labels."""
    return [_record(one, kind, currency) for one in given or ()]


def is_number(kind: ValueType) -> bool:
    """Whether values of that type stand at the right of their column."""
    return kind.kind in NUMERIC


def coded(text: str) -> Markup:
    """A message in the reader's language, with the names between its backticks set as code."""
    from markupsafe import escape

    parts = [str(escape(one)) for one in said(text).split("`")]
    parts[1::2] = [f"<code>{one}</code>" for one in parts[1::2]]
    return Markup("".join(parts))


def breakable(text: str) -> Markup:
    """A long code that may be broken after its hyphens, slashes and underscores."""
    from markupsafe import escape

    broken = str(escape(text))
    for sign in "-_/":
        broken = broken.replace(sign, f"{sign}<wbr>")
    return Markup(broken)


_DAYS = {"en": "d MMM y", "zh": "y年M月d日"}
_MOMENTS = {"en": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}
_BY_KIND: Mapping[Kind, Callable[[Any, ValueType, str], str]] = {
    Kind.MONEY: lambda known, kind, currency: money(known, currency, kind.decimals),
    Kind.PERCENT: lambda known, kind, currency: percent(known),
    Kind.NUMBER: lambda known, kind, currency: number(known),
    Kind.DATE: lambda known, kind, currency: day(known),
}


def _record(given: Mapping[str, Any], kind: ValueType, currency: str) -> str:
    """The fields of one record that are known, each with its label where it has one."""
    known = [(name, each) for name, each in kind.fields.items() if given.get(name) is not None]
    labels = {name: said(label) for name, label in kind.field_labels.items()}
    return " · ".join(
        f"{labels.get(name, '')} {value(given[name], each, currency)}".strip() for name, each in known
    )


def _decimal(value: Decimal | int | str, pattern: str) -> str:
    return _grouped(Decimal(value), pattern, _locale())


@lru_cache(maxsize=4096)
def _grouped(value: Decimal, pattern: str, locale: str) -> str:
    """A number in ``pattern``; a page says the same ones many times, and reading a pattern takes long."""
    from babel.numbers import format_decimal

    # without decimal_quantization digits beyond the pattern would be told, with it they are rounded
    with localcontext(_EXACT):
        return format_decimal(value, pattern, locale=locale)


def _locale() -> str:
    return _LOCALES[language()]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "money": money,
    "percent": percent,
    "number": number,
    "day": day,
    "moment": moment,
    "utc": utc,
    "value": value,
    "records": records,
    "is_number": is_number,
    "breakable": breakable,
    "coded": coded,
}
"""By the names that templates use."""
