"""Imports every `models.py`, so that the metadata is whole in any process that needs it."""

from stoa.events import models as events
from stoa.modules.ai.batches import models as ai_batches
from stoa.modules.ai.chat import models as ai_chat
from stoa.modules.ai.feedback import models as ai_feedback
from stoa.modules.ai.ledger import models as ai_ledger
from stoa.modules.ai.setup import models as ai_setup
from stoa.modules.ai.templates import models as ai_templates
from stoa.modules.audit import models as audit
from stoa.modules.auth.accounts import models as accounts
from stoa.modules.auth.api_keys import models as api_keys
from stoa.modules.auth.roles import models as roles
from stoa.modules.auth.sessions import models as sessions
from stoa.modules.content.articles import models as articles
from stoa.modules.content.comments import models as comments
from stoa.modules.content.findings import models as findings
from stoa.modules.content.follows import models as follows
from stoa.modules.content.importing import models as importing
from stoa.modules.content.passages import models as passages
from stoa.modules.content.reactions import models as reactions
from stoa.modules.content.search import models as search
from stoa.modules.content.tags import models as tags
from stoa.modules.content.uploads import models as uploads
from stoa.modules.deliveries import models as deliveries
from stoa.modules.notifications import models as notifications
from stoa.modules.notifications.phones import models as phones
from stoa.modules.notifications.preferences import models as preferences
from stoa.modules.notifications.push import models as push
from stoa.modules.notifications.wording import models as wording
from stoa.modules.users import models as users
from stoa.modules.webhooks import models as webhooks
from stoa.shared.database import Base

MODELS = (
    audit,
    roles,
    users,
    accounts,
    sessions,
    api_keys,
    deliveries,
    notifications,
    preferences,
    wording,
    phones,
    push,
    tags,
    articles,
    search,
    passages,
    comments,
    findings,
    reactions,
    follows,
    uploads,
    importing,
    webhooks,
    ai_setup,
    ai_templates,
    ai_ledger,
    ai_batches,
    ai_chat,
    ai_feedback,
    events,
)
metadata = Base.metadata
