"""Lists of rules that each name only the facts they need."""

from __future__ import annotations

from app.domain.messages import told
from app.domain.rules import Rule, RuleList
from schemas.ruleset.conditions import conditions
from schemas.ruleset.contributions import rule, then
from schemas.ruleset.scope import Scope
from schemas.ruleset.tables import hit_policy
from schemas.ruleset.words import spoken, text
from schemas.text import Block


def rule_list(item: Block, scope: Scope) -> RuleList:
    """The list as far as it can be read; faults are noted."""
    name, where = item["rules"], told("rules `{rules}`", rules=item["rules"])
    scope.register.step(name, "list of rules")
    policy = hit_policy(item, scope, where)
    rules = tuple(_rule(one, scope, where) for one in item["list"])
    label = text(item["label"]) if "label" in item else spoken(name)
    return RuleList(str(name), label, policy, rules, item.line)


def _rule(item: Block, scope: Scope, list_name: str) -> Rule:
    where = told("{list_name}, rule `{id}`", list_name=list_name, id=item["id"])
    scope.rule_id(item["id"], "rule", where)
    when = conditions(item["when"].items(), scope, where)
    return rule(item, text(item["label"]), when, then(item["then"], scope, where))
