"""Whether two versions mean the same: equal for all facts that both can read, or where they differ.

Both are encoded over the same facts, so that what they share is the same and need not be
proved; the solver is asked about the rest. Meaning is the outcome, the outputs and the
reasons in their order; labels, texts, letters and referrals are compared as text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.analysis.comparison.cases import Side
from app.analysis.comparison.regions import Region, Search
from app.analysis.symbolic.asking import Questions
from app.domain.declarations import FactSpec
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value


@dataclass(frozen=True, slots=True)
class Meaning:
    """``equal``: proved for all facts that both read. Else the ``regions``, all of them where ``complete``.

    ``apart`` are the facts of which only one version knows, or knows more; of these nothing is said.
    ``incomparable`` tells why no fact can be read by both; ``too_hard`` names steps no proof got through.
    """

    equal: bool
    complete: bool
    regions: tuple[Region, ...] = ()
    apart: tuple[str, ...] = ()
    incomparable: str = ""
    too_hard: tuple[str, ...] = ()


def meaning(before: Side, after: Side) -> Meaning:
    """Compare what two versions decide."""
    one, other = before.plan.ruleset, after.plan.ruleset
    try:
        shared, apart = shared_facts(one, other)
    except ValueError as error:
        return Meaning(equal=False, complete=False, incomparable=str(error))
    search = Search(Questions(one, specs=shared), before, after)
    regions = tuple(search.regions())
    equal = search.complete and not regions
    return Meaning(equal, search.complete, regions, apart, "", search.too_hard)


def shared_facts(one: Ruleset, other: Ruleset) -> tuple[dict[str, FactSpec], tuple[str, ...]]:
    """The facts of the first as far as both read them, and the names that they read differently.

    Raises ``ValueError`` where one needs what the other does not take.
    """
    found: dict[str, FactSpec] = {}
    apart = []
    for name, spec in {**other.facts, **one.facts}.items():
        twin = other.facts.get(name) if name in one.facts else None
        if twin is None:
            if not spec.unknown_allowed:
                raise ValueError(f"`{name}` must be given to one version, and the other does not take it")
            apart.append(name)  # only where it is not known do both read the same
            continue
        if spec.type.kind is not twin.type.kind:
            kinds = f"{spec.type.kind} in one version and {twin.type.kind} in the other"
            raise ValueError(f"`{name}` is of type {kinds}")
        found[name] = _met(spec, twin)
        if _narrower(found[name], spec, twin):
            apart.append(name)
    return found, tuple(apart)


def _narrower(met: FactSpec, *several: FactSpec) -> bool:
    def read(spec: FactSpec) -> tuple[object, ...]:
        return spec.minimum, spec.maximum, spec.unknown_allowed, spec.type.decimals, set(spec.type.choices)

    return any(read(met) != read(one) for one in several)


def _met(spec: FactSpec, twin: FactSpec) -> FactSpec:
    """A fact within the bounds of both."""
    choices = tuple(one for one in spec.type.choices if one in twin.type.choices)
    if spec.type.kind is Kind.CHOICE and not choices:
        raise ValueError(f"`{spec.name}` has no value that both versions know")
    kind = spec.type if spec.type.decimals <= twin.type.decimals else twin.type
    return replace(
        spec,
        type=replace(kind, choices=choices),
        minimum=max(_known(spec.minimum, twin.minimum), default=None),
        maximum=min(_known(spec.maximum, twin.maximum), default=None),
        unknown_allowed=spec.unknown_allowed and twin.unknown_allowed,
    )


def _known(*bounds: Value) -> list[Value]:
    return [one for one in bounds if one is not None]
