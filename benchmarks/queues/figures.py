"""What one queue has shown in all rounds, and the table of all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.queues.faults import Outcome
from benchmarks.queues.speed import Latency

NOT_RUN = "did not run"
_NO_VALKEY = "uses none"


@dataclass
class Figures:
    """A list has a value for each round; what failed to run is not in it, but in `faults`."""

    has_valkey: bool
    costs: list[float] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    bursts: dict[int, list[float | None]] = field(default_factory=lambda: {1: [], 2: []})
    killed: Outcome | None = None
    valkey_killed: Outcome | None = None
    flushed: Outcome | None = None
    errors: list[str] = field(default_factory=list)


Cell = Callable[[Figures], str]


def table(found: dict[str, Figures], *, rate: int, burst: int) -> str:
    rows: list[tuple[str, Cell]] = [
        ("enqueueing adds to a transaction of one row", _cost),
        (f"burst of {burst:,}, 1 worker", lambda figures: _drained(figures.bursts[1])),
        (f"burst of {burst:,}, 2 workers", lambda figures: _drained(figures.bursts[2])),
        (f"commit to effect at {rate}/s, 2 workers: p50", lambda figures: _late(figures, "p50")),
        ("p99", lambda figures: _late(figures, "p99")),
        ("workers killed by SIGKILL", lambda figures: _kills(figures.killed)),
        ("lost, for 100 kills", lambda figures: _share(figures.killed, "lost")),
        ("doubled, for 100 kills", lambda figures: _share(figures.killed, "doubled")),
        ("all done after the last kill", lambda figures: _quiet(figures.killed)),
        ("Valkey killed by SIGKILL", lambda figures: _valkey(figures, figures.valkey_killed)),
        ("FLUSHALL in a burst", lambda figures: _valkey(figures, figures.flushed)),
    ]
    lines = [_line(["", *found]), _line(["---"] * (len(found) + 1))]
    lines += [_line([name, *(cell(figures) for figures in found.values())]) for name, cell in rows]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cost(figures: Figures) -> str:
    return f"{median(figures.costs):+.2f} ms" if figures.costs else NOT_RUN


def _drained(rates: Sequence[float | None]) -> str:
    """A median, and how many rounds did not end."""
    ended = [rate for rate in rates if rate is not None]
    if not ended:
        return "not drained in time" if rates else NOT_RUN
    short = len(rates) - len(ended)
    return f"{median(ended):,.0f}/s" + (f" ({short} of {len(rates)} not drained in time)" if short else "")


def _late(figures: Figures, name: str) -> str:
    if not figures.latencies:
        return NOT_RUN
    missing = sum(latency.missing for latency in figures.latencies)
    value = median(getattr(latency, name) for latency in figures.latencies)
    return f"{value:,.0f} ms" + (f" ({missing} missing)" if missing else "")


def _kills(outcome: Outcome | None) -> str:
    return f"{outcome.faults} kills, {outcome.events:,} events" if outcome else NOT_RUN


def _share(outcome: Outcome | None, name: str) -> str:
    if outcome is None:
        return NOT_RUN
    number = getattr(outcome, name)
    return f"{100 * number / outcome.faults:.1f} ({number})" if number else "0"


def _lost(outcome: Outcome) -> str:
    return "lost" if outcome.is_quiet else "without effect so far"


def _quiet(outcome: Outcome | None) -> str:
    if outcome is None:
        return NOT_RUN
    return f"{outcome.seconds:.0f} s" if outcome.is_quiet else f"not after {outcome.seconds:.0f} s"


def _valkey(figures: Figures, outcome: Outcome | None) -> str:
    if not figures.has_valkey:
        return _NO_VALKEY
    if outcome is None:
        return NOT_RUN
    times = f"{outcome.faults} times, " if outcome.faults > 1 else ""
    return f"{times}{outcome.events:,} events: {outcome.lost} {_lost(outcome)}, {outcome.doubled} doubled"


def remarks(name: str, figures: Figures) -> list[str]:
    """What the table has no room for."""
    told = [f"{name}: {error}" for error in figures.errors]
    outcomes = {"killed workers": figures.killed, "killed Valkey": figures.valkey_killed, "FLUSHALL": figures.flushed}
    for what, outcome in outcomes.items():
        if outcome is None:
            continue
        if outcome.refused:
            calls = ", ".join(f"{kind} {count}" for kind, count in outcome.refused.items())
            told.append(f"{name}, {what}: calls of the producer that raised after its commit: {calls}")
        if outcome.deaths:
            told.append(f"{name}, {what}: {outcome.deaths} workers ended by themselves and were started again")
        if outcome.stood_still:
            told.append(f"{name}, {what}: work stood still while its workers lived; they were started again to go on")
        if outcome.unseen:
            told.append(f"{name}, {what}: {outcome.unseen} kills of workers that had no effect in 5 s")
        if not outcome.is_quiet:
            told.append(f"{name}, {what}: something still waited {outcome.seconds:.0f} s after the last fault")
    return told
