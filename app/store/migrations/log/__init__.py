"""The log, the decisions, the rulesets and the idempotency keys."""
