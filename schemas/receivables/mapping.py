"""A mapping for a file whose rows hold documents: for each kind, which column is which field."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import Invalid
from app.domain.messages import told
from app.domain.receivables.documents import DocumentKind
from schemas.constants import listed, nearest
from schemas.mapping import plain_mapping
from schemas.mapping.reading import Reader
from schemas.mapping.rows import CURRENCY
from schemas.mapping.shapes import check_shape
from schemas.receivables.rows import ROW_NUMBER, DocumentRows, target
from schemas.ruleset.checking import Anything, Keys, One, Several
from schemas.ruleset.faults import Faults
from schemas.text import Block, read

_MAPPING = Keys(
    "mapping",
    "",
    {"documents": Anything()},
    {"row_number": Several(), "date_format": One()},
)
_SHARED = ("date_format",)


def read_document_mapping(source: bytes, header: Sequence[str], currency: str) -> DocumentRows:
    """Reads rows by the mapping that ``source`` writes; raises ``Invalid`` with one problem a fault.

    ``currency`` is that of the books. ``date_format`` at the top holds for every kind that says none itself.
    """
    block, faults = read(source), Faults("mapping")
    _MAPPING.check(block, "the mapping", "", faults)
    if not faults and not isinstance(block["documents"], Block):
        faults.at(block["documents"], "documents takes kinds, each with its columns, such as {invoice: ...}")
    _raise(faults)
    made_of = [str(name) for name in block.get("row_number", ())]
    for name in made_of:
        if name not in header:
            faults.at(
                block,
                told("the file has no column `{name}`{near}", name=name, near=nearest(name, list(header))),
                ROW_NUMBER,
            )
    columns = [*header, *([ROW_NUMBER] if made_of else [])]
    mappings = {}
    kinds = {str(kind): kind for kind in DocumentKind}
    for name, part in block["documents"].items():
        if name not in kinds:
            message = told(
                "`{name}` is no kind of document; the kinds are {kinds}{near}",
                name=name,
                kinds=listed(list(kinds)),
                near=nearest(name, list(kinds)),
            )
            faults.at(name, message)
            continue
        own = Block((key, block[key]) for key in block if key in _SHARED and key not in part)
        own.update(part.items() if isinstance(part, Block) else ())
        before = len(faults)
        check_shape(own, faults)
        if len(faults) == before:
            found = mappings[kinds[name]] = Reader(own, target(kinds[name]), columns, faults).mapping()
            if found.constants.get(CURRENCY, currency) != currency:
                faults.at(
                    part,
                    told(
                        "the books are kept in {currency}, not in {named}",
                        currency=currency,
                        named=found.constants[CURRENCY],
                    ),
                    name,
                )
    _raise(faults)
    return DocumentRows(mappings, header, currency, made_of)


def plain_rows(kind: DocumentKind, header: Sequence[str], currency: str) -> DocumentRows:
    """Without a mapping: columns are named as the fields of that kind; raises ``Invalid``."""
    return DocumentRows({kind: plain_mapping(target(kind), header)}, header, currency)


def _raise(faults: Faults) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = told(
            "The mapping cannot be used: {number} fault{plural}", number=number, plural="s" * (number > 1)
        )
        raise Invalid(title, error.problems) from None
