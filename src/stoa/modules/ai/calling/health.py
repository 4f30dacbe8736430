"""How the providers are: what is set up, the breakers of this process, the calls of the last hour."""

from stoa.modules.ai.calling.schemas import ProviderHealth, ProviderList
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.setup.snapshot import TASKS
from stoa.modules.ai.usage.reading import UsageReads


async def providers_now(engine: Engine, reads: UsageReads) -> ProviderList:
    setup = await engine.setup.current()
    lately = await reads.health()
    items = [
        ProviderHealth.model_validate(
            {
                **lately.get(provider.name, {}),
                "name": provider.name,
                "kind": provider.kind,
                "is_enabled": provider.is_enabled,
                "models": list(provider.models),
                "keys": len(provider.keys),
                "state": engine.upstreams.state_of(provider.name),
            }
        )
        for provider in setup.providers.values()
    ]
    routes = {task: [str(target) for target in setup.route(task)] for task in TASKS}
    return ProviderList(items=items, routes=routes)
