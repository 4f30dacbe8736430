"""The reading SQL of what is set up for models, sealed keys and all: for the processes that call, never for answers."""

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.ai.setup.models import AiPrice, AiProvider, AiProviderKey, AiRoute, AiTier
from stoa.shared.queries import Query

PROVIDERS = Query(
    select(
        AiProvider.id, AiProvider.name, AiProvider.kind, AiProvider.base_url, AiProvider.models, AiProvider.options,
        AiProvider.is_enabled,
    ).order_by(AiProvider.created_at, AiProvider.id)
)  # fmt: skip
KEYS = Query(
    select(AiProviderKey.id, AiProviderKey.provider_id, AiProviderKey.secret, AiProviderKey.weight)
    .where(AiProviderKey.is_enabled)
    .order_by(AiProviderKey.created_at, AiProviderKey.id)
)
ROUTES = Query(select(AiRoute.task, AiRoute.provider, AiRoute.model).order_by(AiRoute.task, AiRoute.place))
PRICES = Query(select(AiPrice.provider, AiPrice.model, AiPrice.input, AiPrice.cached_input, AiPrice.output))
TIERS = Query(
    select(
        AiTier.name, AiTier.rank, AiTier.requests_per_minute, AiTier.tokens_per_minute, AiTier.streams, AiTier.roles
    ).order_by(AiTier.rank)
)
TIERS_AS_JSON = Query(
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(func.row_to_json(literal_column("ai_tiers")), AiTier.rank)),
            literal_column("'[]'::json"),
        )
    ).select_from(AiTier)
)
