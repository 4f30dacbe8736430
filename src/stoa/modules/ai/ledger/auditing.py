"""Adds the ledger up: calls against accounts, open reservations against what is held, calls against sums by day."""

from dataclasses import dataclass

from stoa.modules.ai.ledger import queries
from stoa.shared.database import ReadSession


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`faults` are sentences, none where everything adds up; money in micro-dollars."""

    calls: int
    open: int
    cost: int
    faults: tuple[str, ...]


async def audit(reads: ReadSession) -> AuditReport:
    """Each part is one statement, so that it sees one moment."""
    accounts = await reads.fetch(queries.ACCOUNTS_OFF)
    days = await reads.fetch(queries.DAYS_OFF)
    totals = await reads.fetch_row(queries.TOTALS)
    if totals is None:
        raise RuntimeError("a sum without a row")
    faults = [
        f"{row['scope']}, {row['period']} from {row['begins']}: spent {row['spent_micros']} but calls say "
        f"{row['calls_spent']}; reserved {row['reserved_micros']} but open calls hold {row['calls_reserved']}"
        for row in accounts
    ]
    faults += [f"{row['day']}: the sums of the day are not those of its calls" for row in days]
    if totals["stuck"]:
        faults.append(f"{totals['stuck']} calls are open and nobody works at them: is a worker running?")
    return AuditReport(totals["calls"], totals["open"], totals["cost"], tuple(faults))
