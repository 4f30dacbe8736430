"""The front door of the API of models."""

from fastapi import APIRouter

from stoa.modules.ai.batches.personal_data import BatchesOfPerson
from stoa.modules.ai.batches.router import router as batches
from stoa.modules.ai.calling.router import router as calling
from stoa.modules.ai.chat.personal_data import ChatsOfPerson
from stoa.modules.ai.chat.router import router as chat
from stoa.modules.ai.features.router import router as features
from stoa.modules.ai.feedback.personal_data import FeedbackOfPerson
from stoa.modules.ai.feedback.router import admin_router as quality
from stoa.modules.ai.feedback.router import router as feedback
from stoa.modules.ai.gateway.router import router as gateway
from stoa.modules.ai.ledger.personal_data import CallsOfPerson
from stoa.modules.ai.managing.providers_router import router as providers
from stoa.modules.ai.managing.router import router as managing
from stoa.modules.ai.templates.router import router as templates
from stoa.modules.ai.usage.router import admin_router as everyones_usage
from stoa.modules.ai.usage.router import router as usage
from stoa.shared.personal_data import PersonalData

ROUTERS: tuple[APIRouter, ...] = (
    chat, features, batches, templates, feedback, quality, calling, usage, everyones_usage, providers, managing,
)  # fmt: skip
GATEWAY = gateway
"""Not below the API's own prefix: clients of OpenAI want /v1."""
PERSONAL_DATA: tuple[PersonalData, ...] = (
    ChatsOfPerson(),
    BatchesOfPerson(),
    FeedbackOfPerson(),
    CallsOfPerson(),
)
