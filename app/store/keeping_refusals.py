"""What the database itself refuses about keeping, whoever writes and by whatever code.

Nothing is sealed under a retired key, so what is destroyed after it was retired is all that
there will ever be; and no erasure follows a hold. On PostgreSQL whoever seals holds a lock
shared until the commit, and whoever retires keys waits for it alone: a decision under way is
either committed before the key is retired, or finds it retired.
"""

from __future__ import annotations

from app.store.refusals import Refusal

SEALING_LOCK = 7_311_874_651
"""Of PostgreSQL's advisory locks: shared by who seals, alone for who retires keys."""
SEALED_UNDER_RETIRED = "sealed under a data key that is retired"
_RETIRED = "EXISTS (SELECT 1 FROM retired_key AS r WHERE r.key_id = NEW.key_id)"
_LEGAL = """
    ('held', 'released'), ('released', 'held'), ('erased', 'held'), ('released', 'erased'),
    ('erased', 'erased')"""

KEEPING_REFUSALS = (
    Refusal("entry", "retired_key", SEALED_UNDER_RETIRED, _RETIRED, sharing=SEALING_LOCK),
    Refusal("assignment", "retired_key", SEALED_UNDER_RETIRED, _RETIRED, sharing=SEALING_LOCK),
    Refusal(
        "subject_event",
        "leap",
        "an event follows the last one of its subject by a legal move; a hold forbids an erasure",
        f"""(NEW.follows = {{nil}} AND NEW.state = 'released')
            OR (NEW.follows <> {{nil}} AND NOT EXISTS (SELECT 1 FROM subject_event AS e
                WHERE e.id = NEW.follows AND e.subject = NEW.subject
                AND (e.state, NEW.state) IN (VALUES {_LEGAL})))""",
    ),
)
