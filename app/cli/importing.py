"""``termwise customers import``: a table of customers into the customer file."""

from __future__ import annotations

from app.cli.table_command import Came, table_command
from app.services.assembly import Services
from app.services.customers.filing import Report
from app.services.customers.importing import Table


@table_command("import")
def import_(services: Services, came: Came) -> Report:
    """File the facts of a CSV file (plain or .gz) or a workbook; a row is a customer with several facts.

    A row that names no day is of --as-of, else of today. Rows that cannot be filed are told, the others are
    kept; the exit code is 1 when there are any. The same again changes nothing, so a command that was
    interrupted is simply given again.
    """
    importing, filing = services.customers.importing, services.customers.filing
    given = came.given._replace(as_of=came.given.as_of or filing.today())
    table = Table(came.rows, came.digest, given, came.mapping, came.mapping_name)
    if came.dry_run:
        return importing.check(table, came.refused)
    return importing.run(table, by=None, refused=came.refused)
