"""What the database itself refuses about rulesets, whoever writes and by whatever code.

Four eyes, an approval of exactly the text that was submitted, and no activation of what
nobody approved are held here once more, below the service that holds them first: a
fault there, or a program beside it, still cannot put an unseen text into force.

Each refusal is one condition over the new row, in words that both databases know: on
SQLite the ``WHEN`` of a trigger, on PostgreSQL the test in a trigger's function. That
function looks in its own schema only: a temporary table of the same name, which any
session may make, would otherwise be read in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FOLLOWED = """
SELECT 1 FROM ruleset_event AS e
WHERE e.id = NEW.follows AND e.policy = NEW.policy AND e.version = NEW.version AND e.id < NEW.id"""
SAME_VERSION = """
SELECT 1 FROM ruleset_event AS a WHERE a.policy = NEW.policy AND a.version = NEW.version"""
LEGAL = """
    ('draft', 'draft'), ('submitted', 'draft'), ('approved', 'draft'), ('draft', 'submitted'),
    ('submitted', 'approved'), ('active', 'approved'),
    ('draft', 'active'), ('approved', 'active'), ('active', 'active'), ('retired', 'active'),
    ('draft', 'retired'), ('submitted', 'retired'), ('approved', 'retired'), ('active', 'retired')"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A new row of ``table`` is refused, with ``says``, where ``when`` holds. ``{nil}`` is the nil UUID.

    ``sharing`` is an advisory lock of PostgreSQL that is shared until the commit before ``when`` is looked
    at; on SQLite one transaction writes at a time.
    """

    table: str
    name: str
    says: str
    when: str
    sharing: int | None = None

    @property
    def trigger(self) -> str:
        """The trigger's name, and on PostgreSQL its function's, too."""
        return f"{self.table}_no_{self.name}"


_EVENTS = (
    (
        "leap",
        "an event follows the last one of its version by a legal move; the first is a draft",
        f"""(NEW.follows = {{nil}} AND NEW.state <> 'draft')
            OR (NEW.follows <> {{nil}} AND NOT EXISTS (
                {FOLLOWED} AND (e.state, NEW.state) IN (VALUES {LEGAL})))""",
    ),
    (
        "other_text",
        "only a draft brings another text; every other event has the digest of the one it follows",
        f"NEW.state <> 'draft' AND NOT EXISTS ({FOLLOWED} AND e.digest = NEW.digest)",
    ),
    (
        "late_edit",
        "a text that was activated once never changes",
        f"NEW.state = 'draft' AND EXISTS ({SAME_VERSION} AND a.state = 'active')",
    ),
    (
        "unnamed_author",
        "whoever brings a text is named among its authors",
        f"""NEW.state = 'draft' AND NOT EXISTS ({FOLLOWED} AND e.digest = NEW.digest)
            AND NOT EXISTS (SELECT 1 FROM ruleset_author AS w WHERE w.policy = NEW.policy
                AND w.version = NEW.version AND w.principal = NEW.principal)""",
    ),
    (
        "own_approval",
        "an author cannot approve",
        f"""NEW.state = 'approved' AND EXISTS ({FOLLOWED} AND e.state = 'submitted')
            AND EXISTS (SELECT 1 FROM ruleset_author AS w WHERE w.policy = NEW.policy
                AND w.version = NEW.version AND w.principal = NEW.principal)""",
    ),
    (
        "unseen_activation",
        "only a text that was approved, or active before, can be activated",
        f"""NEW.state = 'active' AND NOT EXISTS ({FOLLOWED} AND e.state IN ('approved', 'active'))
            AND NOT EXISTS ({FOLLOWED} AND e.state = 'retired' AND EXISTS (
                {SAME_VERSION} AND a.state = 'active' AND a.digest = NEW.digest))
            AND NOT (EXISTS (SELECT 1 FROM entry AS l WHERE l.id = NEW.id AND l.kind = 'bootstrap')
                AND NOT EXISTS (SELECT 1 FROM ruleset_event AS p
                    WHERE p.policy = NEW.policy AND p.state IN ('approved', 'active')))""",
    ),
    (
        "side_door",
        "an activation names the one of its policy that it supersedes; nothing else names one",
        """(NEW.state = 'active') <> (NEW.supersedes IS NOT NULL)
            OR (NEW.supersedes <> {nil} AND NOT EXISTS (SELECT 1 FROM ruleset_event AS p
                WHERE p.id = NEW.supersedes AND p.policy = NEW.policy AND p.state = 'active'
                AND p.id < NEW.id))""",
    ),
    (
        "backdating",
        "only activations and retirements take an instant, and none that has passed",
        """NEW.effective_from IS NOT NULL
            AND (NEW.state NOT IN ('active', 'retired') OR NEW.effective_from < NEW.at)""",
    ),
)
REFUSALS = tuple(Refusal("ruleset_event", *one) for one in _EVENTS)


def sqlite_refusal(one: Refusal) -> str:
    """The statement that makes the trigger on SQLite."""
    when = one.when.format(nil=f"x'{'00' * 16}'")
    return (
        f"CREATE TRIGGER {one.trigger} BEFORE INSERT ON {one.table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{one.says}'); END"
    )


def postgres_body(one: Refusal) -> str:
    """What the trigger's function does on PostgreSQL."""
    when = one.when.format(nil=f"'{'0' * 8}-0000-0000-0000-{'0' * 12}'::uuid")
    lock = "" if one.sharing is None else f"\n    PERFORM pg_advisory_xact_lock_shared({one.sharing});"
    return f"""
BEGIN{lock}
    IF {when} THEN
        RAISE EXCEPTION '{one.says}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
"""


def postgres_refusal(one: Refusal, schema: str) -> Iterator[str]:
    """The statements that make function and trigger; ``schema`` is quoted where it has to be."""
    yield (
        f"CREATE OR REPLACE FUNCTION {one.trigger}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path TO {schema}, pg_temp AS $do${postgres_body(one)}$do$"
    )
    yield (
        f"CREATE TRIGGER {one.trigger} BEFORE INSERT ON {one.table} FOR EACH ROW"
        f" EXECUTE FUNCTION {one.trigger}()"
    )
    yield f"ALTER TABLE {one.table} ENABLE ALWAYS TRIGGER {one.trigger}"
