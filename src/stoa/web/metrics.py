"""`/metrics`, as Prometheus reads it with an API key. From the database, so that any process tells the whole."""

from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.usage.metrics import families
from stoa.modules.ai.usage.reading import UsageReads
from stoa.shared.database import reads_of
from stoa.shared.security import require

NEEDS: Final = "read:metrics"
router = APIRouter(tags=["health"])


class _Told(Collector):
    def __init__(self, told: Sequence[Metric]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        yield from self._told


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={401: {"description": "No key"}, 403: {"description": "A key without the right"}},
    **require(NEEDS),
)
async def metrics(request: Request) -> Response:
    """What the site did and does, as numbers."""
    usage, engine = UsageReads(reads_of(request)), engine_of(request)
    setup = await engine.setup.current()
    states = {name: engine.upstreams.state_of(name) for name in setup.providers}
    registry = CollectorRegistry()
    registry.register(_Told(tuple(families(await usage.ever(), await usage.health(), states))))
    return Response(
        generate_latest(registry), headers={"cache-control": "no-store", "content-type": CONTENT_TYPE_LATEST}
    )
