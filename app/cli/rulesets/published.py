"""The list of published texts: ``PUBLISHED``, one line a file as ``sha256sum`` writes it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from app.cli.faults import Unusable
from app.services.rulesets.publishing import PUBLISHED, changed_history, published, read_folder

HEAD = "# The published texts by SHA-256. None is ever edited: what changed gets a new version.\n"


def publish(folder: Path) -> list[str]:
    """Add every ruleset file that is not listed yet; which ones.

    Every file must load. Raises ``Unusable`` when a listed text was changed or is gone.
    """
    changed = changed_history(folder)
    if changed:
        raise Unusable(
            f"{', '.join(changed)}: published, and changed or removed since. Give the new text a new version"
            f" number and bring the old one back. A text that nobody ever used may be published anew: remove"
            f" its line from {folder / PUBLISHED} first."
        )
    listed = published(folder)
    files = {f"{one.path.parent.name}/{one.path.name}": one.text for one in read_folder(folder)}
    added = [name for name in files if name not in listed]
    lines = {**listed, **{name: sha256(files[name]).hexdigest() for name in added}}
    if added:
        draft = folder / f"{PUBLISHED}.part"
        draft.write_text(HEAD + "".join(f"{lines[name]}  {name}\n" for name in sorted(lines)), "utf-8")
        draft.replace(folder / PUBLISHED)
    return added
