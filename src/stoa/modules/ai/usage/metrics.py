"""What was asked of models, in Prometheus' terms. Nothing but sums: no person, no words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

_OF: Final = ("feature", "provider", "model")
_SUMS: Final = (
    ("calls", "calls", "Calls that have ended"),
    ("failures", "failures", "Of them those that failed, or broke off"),
    ("fallbacks", "fallbacks", "Of them those that another than the first provider answered"),
    ("input_tokens", "input_tokens", "Tokens of questions"),
    ("cached_input_tokens", "cached_input_tokens", "Of them those that the provider had kept"),
    ("output_tokens", "output_tokens", "Tokens of answers"),
    ("cost_micro_usd", "cost_micros", "Cost in millionths of a US dollar"),
)
_STATES: Final = {"closed": 0, "half-open": 1, "open": 2}


def families(ever: Mapping[str, Any], lately: Mapping[str, Any], states: Mapping[str, str]) -> Iterator[Metric]:
    """Of `UsageReads.ever`, `UsageReads.health` and the breakers' states in this process, by provider."""
    for name, key, about in _SUMS:
        counter = CounterMetricFamily(f"stoa_ai_{name}", f"{about}, since the site began", labels=_OF)
        for line in ever["sums"]:
            counter.add_metric([line[label] for label in _OF], line[key])
        yield counter
    seconds = CounterMetricFamily("stoa_ai_seconds", "Time of all calls, since the site began", labels=_OF)
    for line in ever["sums"]:
        seconds.add_metric([line[label] for label in _OF], line["total_ms"] / 1000)
    yield seconds
    yield GaugeMetricFamily("stoa_ai_open_calls", "Calls that run now", value=ever["open"])
    breakers = GaugeMetricFamily(
        "stoa_ai_breaker", "0 closed, 1 half-open, 2 open, in this process", labels=["provider"]
    )
    for provider, state in states.items():
        breakers.add_metric([provider], _STATES[state])
    yield breakers
    yield from _last_hour(lately)


def _last_hour(lately: Mapping[str, Any]) -> Iterator[Metric]:
    of = ["provider", "feature"]
    latency = GaugeMetricFamily("stoa_ai_last_hour_seconds", "Time of a call", labels=[*of, "quantile"])
    success = GaugeMetricFamily("stoa_ai_last_hour_success_ratio", "Calls that did not fail", labels=of)
    fallback = GaugeMetricFamily("stoa_ai_last_hour_fallback_ratio", "Calls another had to answer", labels=of)
    for whole in lately.values():
        for line in whole["features"]:
            place = [line["provider"], line["feature"]]
            success.add_metric(place, line["success_rate"])
            fallback.add_metric(place, line["fallback_rate"])
            for quantile, milliseconds in (("0.5", line["median_ms"]), ("0.95", line["p95_ms"])):
                if milliseconds is not None:
                    latency.add_metric([*place, quantile], milliseconds / 1000)
    yield from (latency, success, fallback)
