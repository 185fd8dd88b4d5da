"""One campaign from start to end: serve, fire, verify."""

from __future__ import annotations

from pathlib import Path

from tests.web.hostile.fighting import Campaign
from tests.web.hostile.granian import resident_kib, server, workers
from tests.web.hostile.verifying import verify
from tests.web.hostile.wire import Wire


def campaign(
    folder: Path, requests: int, seconds: float, seed: int = 1, database_url: str | None = None
) -> tuple[Campaign, int, str]:
    """Run it and verify; the campaign, the number of decisions in the store, and memory before and after."""
    with server(folder, database_url) as (port, key, process):
        fight = Campaign(port, key, requests, seconds, seed)
        before = workers(process)
        memory = [resident_kib(pid) for pid in before]
        fight.run()
        if workers(process) != before:
            fight.failures.append(f"the workers were {before} and are {workers(process)}")
        memory += [resident_kib(pid) for pid in before]
        alive = Wire.ask(port, "/readyz")
        if alive is None or alive.status != 200:
            fight.failures.append(f"the server is not ready any more: {alive}")
    stored, faults = verify(folder, fight.acknowledged, database_url)
    fight.failures += faults
    return fight, stored, " -> ".join(f"{kib:,} KiB" for kib in memory)
