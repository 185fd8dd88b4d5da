"""How one customer's receivables stood on a day: made from documents dated on or before it.

What came later is not looked at, and what was corrected later counts as corrected: a correction says what
was true all along. Whoever needs what was believed on the day reads the history of imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.domain.receivables.documents import SETTLING, Document, DocumentKind


class Item:
    """An invoice as it stood on a day. Amounts are hundredths; ``open`` is what was not settled yet.

    ``settled_on`` is the day on which the open amount became zero, None while something is open.
    ``late`` are the days it was settled after its due date (negative: before), or its overdue so far;
    None while it is open and not past due, because nobody knows yet. ``beyond`` is cash over what was owed.
    """

    __slots__ = ("amount", "beyond", "due_on", "issued_on", "late", "number", "open", "paid", "settled_on")

    def __init__(self, invoice: Document, settlements: Sequence[Document], day: date) -> None:
        assert invoice.due_on is not None
        self.number = invoice.number
        self.issued_on = invoice.dated_on
        self.due_on = invoice.due_on
        self.amount = invoice.amount or 0
        self.settled_on: date | None = None
        self.paid = settlements
        left = self.amount
        for one in settlements:
            left -= one.amount or 0
            if left <= 0 and self.settled_on is None:
                self.settled_on = one.dated_on
        self.open = max(left, 0)
        self.beyond = 0 if left >= 0 else _beyond(self.amount, settlements)
        past = ((self.settled_on or day) - self.due_on).days
        self.late = past if self.settled_on is not None or past > 0 else None

    def open_on(self, day: date) -> int:
        """What was open at the end of an earlier day."""
        if self.issued_on > day:
            return 0
        if self.settled_on is not None and self.settled_on <= day:
            return 0
        return max(self.amount - sum(one.amount or 0 for one in self.paid if one.dated_on <= day), 0)


@dataclass(frozen=True)
class Account:
    """A customer on a day. ``items`` are the invoices by due date and number, settled ones included."""

    customer: str
    day: date
    items: Sequence[Item]
    others: Sequence[Document] = ()
    """Disputes, promises, extensions and orders, and cash that is not (yet) an invoice's."""

    @cached_property
    def open_items(self) -> Sequence[Item]:
        """The invoices of which something is open."""
        return [one for one in self.items if one.open]

    def of(self, kind: DocumentKind) -> list[Document]:
        """The documents of one kind among ``others``."""
        return [one for one in self.others if one.kind is kind]

    def counted(self, since: date | None) -> Sequence[Item]:
        """Invoices of known lateness due from ``since`` on, and those still open past due; asked often."""
        if since not in self._counted:
            self._counted[since] = [
                one
                for one in self.items
                if one.late is not None
                and one.due_on <= self.day
                and (one.open or since is None or one.due_on >= since)
            ]
        return self._counted[since]

    @cached_property
    def _counted(self) -> dict[date | None, Sequence[Item]]:
        return {}

    @cached_property
    def cash_in_transit(self) -> int:
        """Payments on their way, and cash that is here and that no invoice takes."""
        return sum(one.amount or 0 for one in self.of(DocumentKind.PAYMENT)) + self._beyond

    @cached_property
    def unmatched(self) -> int:
        """Cash that is here and that no invoice takes: without one, or beyond what it took."""
        return sum(one.amount or 0 for one in self.unmatched_payments) + self._beyond

    @cached_property
    def unmatched_payments(self) -> list[Document]:
        """Payments that are here and whose invoice is none of the customer's."""
        return [one for one in self.of(DocumentKind.PAYMENT) if one.dated_on <= self.day]

    @cached_property
    def _beyond(self) -> int:
        return sum(one.beyond for one in self.items)

    @cached_property
    def deliveries(self) -> int:
        """Delivered and not billed."""
        return sum(one.amount or 0 for one in self._orders if _done(one.begun_on, self.day))

    @cached_property
    def orders(self) -> int:
        """Ordered and not delivered."""
        return sum(one.amount or 0 for one in self._orders if not _done(one.begun_on, self.day))

    @cached_property
    def orders_placed(self) -> list[Document]:
        """All orders, closed ones included, void ones not."""
        return [one for one in self.of(DocumentKind.ORDER) if one.amount]

    @cached_property
    def _orders(self) -> list[Document]:
        return [one for one in self.orders_placed if not _done(one.ended_on, self.day)]


def account(customer: str, documents: Iterable[Document], day: date) -> Account:
    """How ``documents`` of a customer stood on ``day``; their order does not matter."""
    invoices: list[Document] = []
    settling: dict[str | None, list[Document]] = {}
    others: list[Document] = []
    for one in documents:
        if one.dated_on > day:
            if one.kind is DocumentKind.PAYMENT and one.begun_on is not None and one.begun_on <= day:
                others.append(one)
        elif one.kind is DocumentKind.INVOICE:
            if one.amount:  # a void one was never owed
                invoices.append(one)
        elif one.kind in SETTLING:
            settling.setdefault(one.invoice, []).append(one)
        else:
            others.append(one)
    items = [Item(one, _in_order(settling.pop(one.number, ())), day) for one in invoices]
    items.sort(key=_by_due_date)
    others += [one for left in settling.values() for one in left if one.kind is DocumentKind.PAYMENT]
    return Account(customer, day, items, others)


def _beyond(amount: int, settlements: Sequence[Document]) -> int:
    """The cash that an invoice did not need. What came after a write-off was owed, and is not beyond it."""
    cash = sum(one.amount or 0 for one in settlements if one.kind is DocumentKind.PAYMENT)
    credit = sum(one.amount or 0 for one in settlements if one.kind is DocumentKind.CREDIT_NOTE)
    return min(cash, max(cash + credit - amount, 0))


def _in_order(found: Sequence[Document]) -> Sequence[Document]:
    return sorted(found, key=_by_date) if len(found) > 1 else found


def _by_date(one: Document) -> tuple[date, str]:
    return one.dated_on, one.number


def _by_due_date(one: Item) -> tuple[date, str]:
    return one.due_on, one.number


def _done(on: date | None, day: date) -> bool:
    return on is not None and on <= day
