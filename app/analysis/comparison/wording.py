"""Changes and what follows from them as sentences, in English and Chinese.

Values stand as the texts write them, between backticks where they are cells or
formulas. A key that has no words of its own is called by its name, so that
nothing is left out because nobody foresaw it.
"""

from __future__ import annotations

from app.analysis.comparison.changes import Change, Effect, Follows, Sort, Written
from app.analysis.comparison.lines import Line
from app.analysis.comparison.names import KEYS, KINDS, ONLY_SHOWN, ORDERS
from app.domain.values import Text

MOST_CHARACTERS = 240
MOST_READERS = 8
_CODE = ("expression", "when")
_NOTHING = Text("nothing", "无")
_SAME = Text(" (the same value, written differently)", "（数值相同，仅写法不同）")
_SORTS = {
    Sort.ADDED: Text("{part} added: {after}", "新增{part}：{after}"),
    Sort.REMOVED: Text("{part} removed; it was: {before}", "删除{part}；原为：{before}"),
    Sort.RENAMED: Text("{part} was called `{before}`", "{part}原名 `{before}`"),
    Sort.MOVED: Text(
        "{part} moved from place {before} to place {after}; {order}",
        "{part}由第 {before} 位移至第 {after} 位；{order}",
    ),
    Sort.CHANGED: Text("{part}{field} {before} -> {after}{same}", "{part}{field} {before} -> {after}{same}"),
}
_FOLLOWS = {
    Follows.FIRES: Text(
        "{kind} `{id}` now fires {after}{name} (before: {before})",
        "{kind} `{id}`{name}现{after}触发（原{before}）",
    ),
    Follows.GIVES: Text(
        "{kind} `{id}` now gives `{name}` {after} (before: {before})",
        "{kind} `{id}` 的 `{name}` 现为 {after}（原为 {before}）",
    ),
    Follows.POINTS: Text(
        "{kind} `{id}` now gives {after} points (before: {before})",
        "{kind} `{id}` 现计 {after} 分（原计 {before} 分）",
    ),
    Follows.CALCULATES: Text(
        "formula `{id}` now calculates with {after} (before: {before})",
        "公式 `{id}` 现按 {after} 计算（原按 {before}）",
    ),
    Follows.SAYS: Text(
        "{kind} `{id}` now says {after} (before: {before})", "{kind} `{id}` 现写明 {after}（原为 {before}）"
    ),
}
_REWRITTEN = Text("formula `{id}` changed", "公式 `{id}` 已改")
_READERS = Text("; it is read by {names}", "；读取它的有 {names}")
_MORE = Text(" and {number} more", " 等另外 {number} 项")
_TEXT_ONLY = Text(
    "only in the text (a comment, layout or the order of keys), {where}: {text}",
    "仅文本有别（注释、排版或键的次序），{where}：{text}",
)
_OLD_LINE, _NEW_LINE = Text("line {} before", "原第 {} 行"), Text("line {} now", "现第 {} 行")


def change_said(change: Change, language: str) -> str:
    """One change as a sentence."""
    named = change.id if change.sort is not Sort.RENAMED else str(change.after)
    part = KINDS[change.kind].said_in(language)
    if named:
        part = f"{part} `{named}`"
        if change.of and change.sort in (Sort.ADDED, Sort.REMOVED, Sort.MOVED):
            part += f" ({change.of})"
    code = change.field[:1] in [(one,) for one in _CODE]
    return _capital(
        _SORTS[change.sort]
        .said_in(language)
        .format(
            part=part,
            field=_field_said(change, language),
            before=_value_said(change.before, language, code=code),
            after=_value_said(change.after, language, code=code),
            order=ORDERS.get(change.decides, ONLY_SHOWN).said_in(language),
            same=_SAME.said_in(language) if change.same_value else "",
        )
    )


def effect_said(effect: Effect, language: str) -> str:
    """What follows, and from what: ``max_days`` -> the rule that now fires elsewhere."""
    name = effect.name
    if effect.follows is Follows.FIRES:
        name = "" if effect.alone else Text(f" in `{name}`", f" 在 `{name}` ").said_in(language)
    template = _FOLLOWS[effect.follows] if effect.after else _REWRITTEN
    said = template.said_in(language).format(
        kind=KINDS[effect.kind].said_in(language),
        id=effect.id,
        name=name,
        before=effect.before.get(language, ""),
        after=effect.after.get(language, ""),
    )
    if effect.readers:
        names = ", ".join(f"`{one}`" for one in effect.readers[:MOST_READERS])
        if len(effect.readers) > MOST_READERS:
            names += _MORE.said_in(language).format(number=len(effect.readers) - MOST_READERS)
        said += _READERS.said_in(language).format(names=names)
    causes = ", ".join(f"`{one}`" for one in effect.causes)
    colon = "：" if language == "zh" else ": "
    return _capital(said) if not effect.after else f"{causes}{colon}{said}"


def line_said(line: Line, language: str) -> str:
    """A changed line that no change of a value explains."""
    where = _OLD_LINE if line.after is None else _NEW_LINE
    number = line.before if line.after is None else line.after
    return _capital(
        _TEXT_ONLY.said_in(language).format(
            where=where.said_in(language).format(number), text=_shortened(line.text.strip())
        )
    )


def _field_said(change: Change, language: str) -> str:
    """Which value of the part: nothing for a parameter's own, else the keys that lead to it."""
    path = change.field
    if change.kind == "parameter" and path == ("value",):
        return ""
    first = KEYS.get(path[0]) if path else None
    words = [] if first is None else [first.said_in(language)]
    for key in path[len(words) :]:
        known = KEYS.get(key) if key in ("en", "zh") else None
        words.append(known.said_in(language) if known else f"`{key}`")
    return (", " if language == "en" else "，") + " ".join(words) + (":" if language == "en" else "：")


def _value_said(value: Written, language: str, *, code: bool) -> str:
    if value is None or value == "":
        return _NOTHING.said_in(language)
    said = _shortened(_written(value))
    return f"`{said}`" if code and isinstance(value, str) else said


def _written(value: Written) -> str:
    """A value on one line, as a text would write it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_inner(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_inner, value)) or "[]"
    return " ".join((value or "").split())


def _inner(value: Written) -> str:
    said = _written(value)
    if isinstance(value, dict):
        return f"{{{said}}}"
    return f"[{said}]" if isinstance(value, list) and value else said


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
