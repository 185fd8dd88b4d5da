"""The measures of a customer's receivables on a day, each with its formula beside the function.

Importing this fills ``MEASURES``. Lateness is as known on the day: an invoice that is open past its due
date counts with its overdue so far. Nothing that is dated later is in the account.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.domain.receivables import balances
from app.domain.receivables.account import Account
from app.domain.receivables.documents import DocumentKind
from app.domain.receivables.measure import (
    MEASURES,
    Given,
    Measure,
    Unit,
    mean,
    measure,
    share,
    whole_days,
)

__all__ = ["MEASURES", "Measure", "balances"]


@measure(
    Unit.DAYS,
    "Oldest open overdue",
    "最长未清逾期天数",
    "most days past due of an open invoice; 0 if none is overdue, unknown without any invoice",
    "POLICY:5.2",
)
def oldest_open_overdue(account: Account, _: Given) -> int | None:
    if not account.items:
        return None
    return max([0, *((account.day - one.due_on).days for one in account.open_items)])


@measure(
    Unit.DAYS,
    "Worst lateness",
    "最长逾期天数",
    "greatest lateness of the invoices of the window; unknown without one",
    "POLICY:5.2",
)
def worst_lateness(account: Account, given: Given) -> int | None:
    return max((late for one in given.counted(account) if (late := one.late) is not None), default=None)


@measure(
    Unit.MEAN_DAYS,
    "Mean days late",
    "平均逾期天数",
    "mean lateness of the invoices of the window, early ones negative; unknown without one",
    "POLICY:2.3",
)
def mean_lateness(account: Account, given: Given) -> Decimal | None:
    return mean(_lateness(account, given))


@measure(Unit.COUNT, "Invoices", "发票数", "invoices of the window", "POLICY:2.3")
def invoices(account: Account, given: Given) -> int:
    return len(given.counted(account))


@measure(
    Unit.COUNT,
    "Invoices late",
    "逾期发票数",
    "invoices of the window with a lateness of at least `days`; unknown without one in the window",
    "POLICY:5.2",
    needs=("days",),
)
def invoices_late(account: Account, given: Given) -> int | None:
    late = _lateness(account, given)
    return sum(one >= given.days for one in late) if late else None


@measure(
    Unit.SHARE,
    "Share of invoices late",
    "逾期发票占比",
    "invoices of the window with a lateness of at least `days` / invoices of the window",
    "POLICY:5.2",
    needs=("days",),
)
def share_late(account: Account, given: Given) -> Decimal | None:
    late = _lateness(account, given)
    return share(sum(one >= given.days for one in late), len(late))


@measure(
    Unit.COUNT,
    "Invoices paid on time",
    "按期付清发票数",
    "invoices of the window settled on or before their due date",
    "POLICY:LA-13",
)
def on_time(account: Account, given: Given) -> int:
    return sum(one <= 0 for one in _lateness(account, given))


@measure(
    Unit.SHARE,
    "On-time share",
    "按期付款率",
    "invoices of the window settled on or before their due date / invoices of the window",
    "POLICY:2.3",
)
def on_time_share(account: Account, given: Given) -> Decimal | None:
    late = _lateness(account, given)
    return share(sum(one <= 0 for one in late), len(late))


@measure(
    Unit.YES_NO,
    "All paid within terms",
    "全部发票按期付清",
    "every invoice of the window was settled on or before its due date; unknown without one",
    "POLICY:LA-13",
)
def all_paid_within_terms(account: Account, given: Given) -> bool | None:
    late = _lateness(account, given)
    return all(one <= 0 for one in late) if late else None


@measure(
    Unit.DAYS,
    "Payment lengthening",
    "付款周期延长天数",
    "mean lateness of the invoices of the window - mean lateness of those due before it and settled,"
    " to whole days half-even; unknown without one in either",
    "POLICY:2.3",
)
def payment_lengthening(account: Account, given: Given) -> int | None:
    since = given.since
    if since is None:
        return None
    recent = mean(_lateness(account, given), Decimal("0.0001"))
    earlier = mean(
        [one.late for one in account.items if one.late is not None and not one.open and one.due_on < since],
        Decimal("0.0001"),
    )
    return None if recent is None or earlier is None else whole_days(recent - earlier)


@measure(
    Unit.SHARE,
    "Change of order volume",
    "订单量变动",
    "orders of the window a day / orders a day of the `before` days before it - 1; where no order is kept,"
    " invoices by day of issue; unknown with fewer than `least` of them in the days before",
    "POLICY:2.3",
    needs=("before", "least"),
)
def order_volume_change(account: Account, given: Given) -> Decimal | None:
    since = given.since
    if since is None or not given.before:
        return None
    placed = [(one.dated_on, one.amount or 0) for one in account.orders_placed]
    volume = placed or [(one.issued_on, one.amount) for one in account.items]
    first = since - timedelta(days=given.before)
    now = sum(amount for on, amount in volume if on >= since)
    earlier = [amount for on, amount in volume if first <= on < since]
    if len(earlier) < given.least:
        return None
    then = sum(earlier)
    days = (account.day - since).days + 1
    return share(now * given.before - then * days, then * days)


@measure(
    Unit.SHARE,
    "Orders delivered as planned",
    "订单履约率",
    "orders of the window delivered on or before the planned day / orders planned for delivery in the window",
    "POLICY:2.3",
)
def order_fulfilment(account: Account, given: Given) -> Decimal | None:
    planned = [
        one
        for one in account.orders_placed
        if one.due_on is not None
        and one.due_on <= account.day
        and (given.since is None or one.due_on >= given.since)
    ]
    kept = [one for one in planned if one.begun_on is not None and one.due_on and one.begun_on <= one.due_on]
    return share(len(kept), len(planned))


@measure(
    Unit.DAYS,
    "Days to settle a dispute",
    "争议平均解决天数",
    "mean days from opening to closing of the disputes closed in the window, to whole days half-even",
    "POLICY:2.3",
)
def dispute_days(account: Account, given: Given) -> int | None:
    took = [
        (one.ended_on - one.dated_on).days
        for one in account.of(DocumentKind.DISPUTE)
        if one.ended_on is not None
        and one.ended_on <= account.day
        and (given.since is None or one.ended_on >= given.since)
    ]
    found = mean(took)
    return None if found is None else whole_days(found)


def _lateness(account: Account, given: Given) -> list[int]:
    return [one.late for one in given.counted(account) if one.late is not None]
