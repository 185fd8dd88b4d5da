"""What a document of the receivables is: its kind, its own number, and the days on which it became what.

All kinds share one shape, so that they are imported, corrected, erased and read in one way. What a column
of that shape is called for a kind, and whether it must be there, stands in ``FORMS``; files, mappings and
the documentation use those names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.domain.messages import told


class DocumentKind(StrEnum):
    """The kinds of documents. A number is one document of its kind, whoever the customer is."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit-note"
    WRITE_OFF = "write-off"
    DISPUTE = "dispute"
    PROMISE = "promise"
    EXTENSION = "extension"
    ORDER = "order"


SETTLING = frozenset({DocumentKind.PAYMENT, DocumentKind.CREDIT_NOTE, DocumentKind.WRITE_OFF})
"""What takes from the open amount of an invoice."""


class Document(NamedTuple):
    """One document. ``dated_on`` is the day from which it counts; before it, nobody knew of it.

    ``amount`` is in hundredths and never negative; 0 makes a document void, as a correction of it does.
    ``invoice`` is the number of the invoice that it concerns. The other columns mean what ``FORMS`` says.
    """

    kind: DocumentKind
    number: str
    customer: str
    dated_on: date
    invoice: str | None = None
    due_on: date | None = None
    begun_on: date | None = None
    ended_on: date | None = None
    amount: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind: the column of ``Document`` that it is, and what it says."""

    column: str
    needed: bool
    about: str
    choices: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """``date``, ``money``, ``text`` or ``choice``: what a file writes there."""
        if self.choices:
            return "choice"
        return {"amount": "money"}.get(self.column, "date" if self.column.endswith("_on") else "text")


def implausible(one: Document) -> str | None:
    """Why a document cannot be meant as it stands, by its days; None where nothing is wrong."""
    if one.kind is DocumentKind.INVOICE and one.due_on is not None and one.due_on < one.dated_on:
        return told(
            "`due_on` is {due_on}, before the day of issue, {dated_on}",
            due_on=one.due_on,
            dated_on=one.dated_on,
        )
    return None


_NUMBER = Field("number", True, "its own number: the same number again is the same document")
_CUSTOMER = Field("customer", True, "the customer, as decisions name it")
_INVOICE = Field("invoice", True, "number of the invoice that it concerns")
_AMOUNT = Field("amount", True, "amount, not negative; 0 makes it void")
REASONS = ("amount", "quality", "service", "pricing", "duplicate")
"""Why an invoice is disputed."""

FORMS: Mapping[DocumentKind, Mapping[str, Field]] = {
    DocumentKind.INVOICE: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "issued_on": Field("dated_on", True, "day of issue"),
        "due_on": Field("due_on", True, "due date; days past due count from it"),
        "amount": _AMOUNT,
    },
    DocumentKind.PAYMENT: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": Field("invoice", False, "the invoice it pays; left out while it is not matched"),
        "paid_on": Field("dated_on", True, "day on which the money was ours"),
        "announced_on": Field("begun_on", False, "day from which it was on its way (cash in transit)"),
        "amount": _AMOUNT,
    },
    DocumentKind.CREDIT_NOTE: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "issued_on": Field("dated_on", True, "day of issue"),
        "amount": _AMOUNT,
    },
    DocumentKind.WRITE_OFF: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "written_off_on": Field("dated_on", True, "day on which it was given up"),
        "amount": _AMOUNT,
    },
    DocumentKind.DISPUTE: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "opened_on": Field("dated_on", True, "day on which the customer disputed it"),
        "closed_on": Field("ended_on", False, "day on which it was settled; left out while it lasts"),
        "amount": Field("amount", False, "amount in dispute; left out for the whole invoice"),
        "reason": Field("word", False, "why", REASONS),
    },
    DocumentKind.PROMISE: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "plan": Field(
            "word", True, "the repayment plan of which it is an instalment; a promise alone is one"
        ),
        "proposed_on": Field("dated_on", True, "day on which the customer proposed or promised it"),
        "agreed_on": Field("begun_on", False, "day on which we agreed; left out while we did not"),
        "due_on": Field("due_on", True, "day on which the instalment is due"),
        "withdrawn_on": Field("ended_on", False, "day on which the plan was called off"),
        "amount": _AMOUNT,
    },
    DocumentKind.EXTENSION: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "invoice": _INVOICE,
        "granted_on": Field("dated_on", True, "day on which we granted it"),
        "extended_to": Field("due_on", True, "the later due date"),
    },
    DocumentKind.ORDER: {
        "number": _NUMBER,
        "customer": _CUSTOMER,
        "ordered_on": Field("dated_on", True, "day of the order"),
        "delivery_on": Field("due_on", False, "day on which delivery is planned"),
        "delivered_on": Field("begun_on", False, "day of delivery; then it is delivered and not billed"),
        "closed_on": Field("ended_on", False, "day on which it was billed or cancelled"),
        "amount": _AMOUNT,
    },
}
"""What each kind is made of, under the names that files and people use."""
