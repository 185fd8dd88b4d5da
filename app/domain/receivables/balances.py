"""What a customer owes and may still order: the measures of amounts, each with its formula beside it."""

from __future__ import annotations

from decimal import Decimal

from app.domain.receivables.account import Account
from app.domain.receivables.measure import Given, Unit, measure, money, share


@measure(
    Unit.MONEY,
    "Open items",
    "未收应收款",
    "sum of the open amounts of all invoices",
    "POLICY:2.8",
)
def open_items(account: Account, _: Given) -> Decimal:
    return money(_open(account))


@measure(
    Unit.MONEY, "Overdue", "逾期金额", "sum of the open amounts of invoices past their due date", "POLICY:2.7"
)
def overdue(account: Account, _: Given) -> Decimal:
    return money(sum(one.open for one in account.open_items if one.due_on < account.day))


@measure(
    Unit.MONEY,
    "Delivered and not billed",
    "已发货未开票",
    "orders delivered, neither billed nor cancelled",
    "POLICY:2.8",
)
def deliveries(account: Account, _: Given) -> Decimal:
    return money(account.deliveries)


@measure(
    Unit.MONEY, "Open orders", "未执行订单", "orders neither delivered, billed nor cancelled", "POLICY:2.8"
)
def orders(account: Account, _: Given) -> Decimal:
    return money(account.orders)


@measure(
    Unit.MONEY,
    "Cash in transit",
    "在途资金",
    "payments announced and not booked, and unmatched cash, or as filed",
    "POLICY:2.8",
)
def cash_in_transit(account: Account, given: Given) -> Decimal:
    return money(_transit(account, given))


@measure(
    Unit.MONEY,
    "Unmatched cash",
    "未核销收款",
    "payments booked without an invoice of the customer's, and cash beyond what an invoice took",
    "POLICY:2.8",
)
def unmatched_cash(account: Account, _: Given) -> Decimal:
    return money(account.unmatched)


@measure(
    Unit.MONEY,
    "Exposure",
    "风险敞口",
    "open items + delivered and not billed + open orders - cash in transit - secured portion (where known);"
    " at least 0",
    "POLICY:2.8",
)
def exposure(account: Account, given: Given) -> Decimal:
    return money(_exposure(account, given))


@measure(
    Unit.MONEY,
    "Headroom",
    "剩余额度",
    "limit - exposure; unknown without a limit, negative above it",
    "POLICY:2.8",
)
def headroom(account: Account, given: Given) -> Decimal | None:
    return None if given.limit is None else money(given.limit - _exposure(account, given))


@measure(
    Unit.SHARE,
    "Utilisation",
    "额度使用率",
    "exposure / limit; unknown without a limit or with a limit of 0, which means no credit",
    "POLICY:2.8",
)
def utilisation(account: Account, given: Given) -> Decimal | None:
    return None if given.limit is None else share(_exposure(account, given), given.limit)


def _open(account: Account) -> int:
    return sum(one.open for one in account.open_items)


def _exposure(account: Account, given: Given) -> int:
    gross = _open(account) + account.deliveries + account.orders
    return max(gross - _transit(account, given) - (given.secured or 0), 0)


def _transit(account: Account, given: Given) -> int:
    return account.cash_in_transit if given.transit is None else given.transit
