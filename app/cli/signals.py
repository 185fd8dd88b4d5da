"""``termwise customers signals``: a table of events into the customer file."""

from __future__ import annotations

from app.cli.table_command import Came, table_command
from app.services.assembly import Services
from app.services.customers.filing import SIGNALS, Report, What
from schemas.signal_rows import SignalRows


@table_command("signals")
def signals(services: Services, came: Came) -> Report:
    """File the events of a CSV file (plain or .gz) or a workbook; a row is one event of one customer.

    Its columns are customer, kind, date, source, evidence, magnitude and withdrawn, or what a mapping says.
    Rows that cannot be filed are told, the others are kept; the exit code is 1 when there are any.
    """
    files = services.customers
    rows = SignalRows(came.mapping, came.rows.header, files.rules.kinds, came.given, files.filing.today())
    read = rows.read(came.rows.rows)
    if came.dry_run:
        return files.signalling.check(read, came.refused)
    what = What(SIGNALS, came.digest, came.mapping_name)
    return files.signalling.take(read, what, by=None, refused=came.refused)
