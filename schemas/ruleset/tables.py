"""Decision tables: a row a rule, a column an input or an output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from app.domain.combining import AGGREGATES
from app.domain.messages import joined, told
from app.domain.rules import OUTCOME, HitPolicy, Reference, Rule, Table
from app.domain.values import Kind
from schemas.constants import one_of
from schemas.ruleset.conditions import cells_as_label, conditions
from schemas.ruleset.contributions import REASON_COLUMN, rule, then
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope
from schemas.ruleset.words import spoken, text
from schemas.text import Block, Items, Scalar

_RANKING = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def table(item: Block, scope: Scope) -> Table:
    """The table as far as it can be read; faults are noted."""
    name, where = item["table"], told("table `{table}`", table=item["table"])
    scope.register.step(name, "table")
    policy = hit_policy(item, scope, where)
    inputs = _columns(item["inputs"], scope.names.type_of, scope, within(where, "inputs"))
    outputs = _columns(
        item["outputs"], lambda one: _check_output(one, scope), scope, within(where, "outputs")
    )
    rules = tuple(one for row in item["rows"] if (one := _row(row, item, (inputs, outputs), scope, where)))
    if policy in _RANKING:
        _check_ranking(item, policy, outputs, rules, scope, where)
    return Table(
        id=str(name),
        label=text(item["label"]) if "label" in item else spoken(name),
        hit_policy=policy,
        inputs=tuple(str(one) for one in inputs),
        outputs=tuple(str(one) for one in outputs),
        rules=rules,
        aggregate=_aggregate(item, policy, outputs, scope, where),
        line=item.line,
    )


def hit_policy(item: Block, scope: Scope, where: str) -> HitPolicy:
    """The hit policy that a table or rule list names."""
    with scope.faults.noted(item["hit_policy"], where):
        return HitPolicy(one_of(item["hit_policy"], [*HitPolicy]))
    return HitPolicy.COLLECT


def _columns(names: Items, check: Callable[[Scalar], object], scope: Scope, where: str) -> dict[Scalar, None]:
    """The columns that can be read; a fault of one is noted once, not for every row."""
    times = Counter(names)
    found: dict[Scalar, None] = {}
    for name in names:
        with scope.faults.noted(name, where):
            if times[name] > 1:
                raise ValueError(told("the column `{name}` stands twice", name=name))
            check(name)
            found[name] = None
    return found


def _check_output(name: Scalar, scope: Scope) -> None:
    if name not in (OUTCOME, REASON_COLUMN):
        scope.output(name)


def _row(
    row: Block,
    item: Block,
    readable: tuple[Collection[Scalar], Collection[Scalar]],
    scope: Scope,
    table_name: str,
) -> Rule | None:
    where = told("{table_name}, row `{id}`", table_name=table_name, id=row["id"])
    scope.rule_id(row["id"], "row", where)
    cells, given = row["when"], row["then"]
    inputs, outputs = readable
    if len(cells) != len(item["inputs"]) or len(given) != len(item["outputs"]):
        for message in _miscounted(row, item):
            scope.faults.at(row, message, where)
        return None
    tested = [pair for pair in zip(item["inputs"], cells, strict=True) if pair[0] in inputs]
    written = {
        name: cell
        for name, cell in zip(item["outputs"], given, strict=True)
        if name in outputs and cell != ""
    }
    when = conditions(tested, scope, where)
    label = text(row["label"]) if "label" in row else cells_as_label(item["inputs"], cells)
    return rule(row, label, when, then(written, scope, where))


def _miscounted(row: Block, item: Block) -> Iterator[str]:
    for key, columns in (("when", item["inputs"]), ("then", item["outputs"])):
        if len(row[key]) != len(columns):
            cells, wide = len(row[key]), len(columns)
            yield told(
                "`{key}` has {cells} cell{plural}, and the table has {wide} column{plurals} there: {columns}",
                key=key,
                cells=cells,
                plural="s" * (cells != 1),
                wide=wide,
                plurals="s" * (wide != 1),
                columns=joined(", ", columns),
            )


def _aggregate(
    item: Block, policy: HitPolicy, outputs: Collection[Scalar], scope: Scope, where: str
) -> str | None:
    if "aggregate" not in item:
        return None
    with scope.faults.noted(item["aggregate"], where):
        aggregate = one_of(item["aggregate"], sorted(AGGREGATES))
        if (
            policy is not HitPolicy.COLLECT
            or len(item["outputs"]) != 1
            or item["outputs"][0] in (OUTCOME, REASON_COLUMN)
        ):
            raise ValueError(
                "`aggregate` stands with COLLECT, in a table with one output that is no outcome or reason"
            )
        for name in outputs:
            kind = scope.output(name).type.kind
            if not scope.output(name).type.numeric:
                raise ValueError(
                    told("`aggregate` makes a number, and `{name}` is of type {kind}", name=name, kind=kind)
                )
            if aggregate == "count" and (kind is not Kind.NUMBER or scope.output(name).type.decimals):
                raise ValueError(
                    told("`aggregate: count` needs `{name}` to be a number with `decimals: 0`", name=name)
                )
        return aggregate
    return None


def _check_ranking(
    item: Block,
    policy: HitPolicy,
    outputs: Collection[Scalar],
    rules: Sequence[Rule],
    scope: Scope,
    where: str,
) -> None:
    """PRIORITY and OUTPUT ORDER rank rows by what stands in their choice columns."""
    ranked = [one for one in outputs if one == OUTCOME or _is_choice(one, scope)]
    if not ranked:
        message = told(
            "{policy} needs an output that is a choice, its values highest priority first, or outcome",
            policy=policy,
        )
        scope.faults.at(item["hit_policy"], message, where)
    for one in rules:
        for given in one.then:
            if given.output in ranked and isinstance(given.value, Reference):
                message = told(
                    "{policy} ranks rows by `{output}`; write a value there, not `{value}`",
                    policy=policy,
                    output=given.output,
                    value=given.value.name,
                )
                row = next(row for row in item["rows"] if row["id"] == one.id)
                scope.faults.at(row, message, told("{where}, row `{id}`", where=where, id=one.id))


def _is_choice(name: str, scope: Scope) -> bool:
    return name in scope.outputs and scope.outputs[name].type.kind is Kind.CHOICE
