"""What parts of a ruleset and their keys are called when people are told of changes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.values import Text

KINDS: Mapping[str, Text] = {
    "fact": Text("fact", "事实"),
    "parameter": Text("parameter", "参数"),
    "output": Text("output", "输出"),
    "outcome": Text("outcome", "结论"),
    "reason": Text("reason", "理由"),
    "letter": Text("letter", "信函"),
    "case": Text("case", "案例"),
    "formula": Text("formula", "公式"),
    "table": Text("table", "决策表"),
    "rules": Text("list of rules", "规则组"),
    "scorecard": Text("scorecard", "评分卡"),
    "row": Text("row", "行"),
    "rule": Text("rule", "规则"),
    "characteristic": Text("characteristic", "评分项"),
    "band": Text("band", "分档"),
    "ruleset": Text("the ruleset", "规则集"),
}

KEYS: Mapping[str, Text] = {
    "type": Text("type", "类型"),
    "values": Text("values", "取值"),
    "decimals": Text("decimals", "小数位"),
    "min": Text("least value", "最小值"),
    "max": Text("largest value", "最大值"),
    "unknown": Text("unknown", "未知"),
    "given_by": Text("who may give it", "可提供者"),
    "changeable": Text("what alternatives may change", "可调整方式"),
    "max_age": Text("days until it counts as unknown", "有效天数"),
    "sensitive": Text("sensitive", "敏感"),
    "group": Text("group", "分组"),
    "help": Text("help", "说明"),
    "recall": Text("recalled from", "取自以往决定"),
    "label": Text("label", "名称"),
    "source": Text("source", "来源"),
    "combine": Text("how contributions are combined", "合并方式"),
    "fields": Text("fields", "字段"),
    "total": Text("total", "合计"),
    "kind": Text("kind", "类别"),
    "confirm": Text("needs confirmation", "须人工确认"),
    "expression": Text("expression", "表达式"),
    "output": Text("contributes to", "计入输出"),
    "hit_policy": Text("hit policy", "命中策略"),
    "aggregate": Text("aggregate", "汇总方式"),
    "inputs": Text("input columns", "输入列"),
    "outputs": Text("output columns", "输出列"),
    "scale": Text("scale", "满分"),
    "points": Text("points", "分值"),
    "reason": Text("reason", "理由"),
    "when": Text("when", "条件"),
    "then": Text("gives", "给出"),
    "fires_on": Text("example that fires", "触发示例"),
    "not_on": Text("example that does not fire", "不触发示例"),
    "to": Text("recipient", "收件人"),
    "subject": Text("subject", "主题"),
    "body": Text("body", "正文"),
    "given": Text("given", "给定"),
    "expect": Text("expected", "预期"),
    "as_of": Text("day", "日期"),
    "title": Text("title", "标题"),
    "description": Text("description", "描述"),
    "currency": Text("currency", "币种"),
    "otherwise": Text("outcome when no rule sets one", "默认结论"),
    "principal_reasons": Text("number of principal reasons", "主要理由数"),
    "baseline": Text("baseline", "基准样本"),
    "checks": Text("checks", "检查"),
    "referrals": Text("referrals", "转人工规则"),
    "version": Text("version", "版本"),
    "policy": Text("policy", "政策"),
    "en": Text("English", "英文"),
    "zh": Text("Chinese", "中文"),
}

ORDERS: Mapping[str, Text] = {
    "steps": Text("steps are walked in order", "各步骤按次序执行"),
    "severity": Text("outcomes stand mildest to strictest", "结论自宽至严排列"),
    "FIRST": Text("FIRST: of the rules that hold, the first decides", "FIRST：成立的规则中以最前者为准"),
    "PRIORITY": Text("PRIORITY: among equals the first decides", "PRIORITY：同级时以最前者为准"),
    "OUTPUT ORDER": Text("OUTPUT ORDER: equals keep this order", "OUTPUT ORDER：同级时保持此次序"),
    "RULE ORDER": Text("RULE ORDER: contributions keep this order", "RULE ORDER：按此次序给出"),
    "COLLECT": Text("COLLECT: reasons and lists keep this order", "COLLECT：理由与清单按此次序"),
}
"""Why an order counts; by any other word it is the order of display."""

ONLY_SHOWN = Text("only the order in which they are shown", "仅影响显示次序")
