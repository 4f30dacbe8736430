"""Imports every `models.py`, so that the metadata is whole in any process that needs it."""

from stoa.modules.content.articles import models as articles
from stoa.modules.content.importing import models as importing
from stoa.modules.content.search import models as search
from stoa.modules.content.tags import models as tags
from stoa.modules.users import models as users
from stoa.shared.database import Base

MODELS = (users, tags, articles, search, importing)
metadata = Base.metadata
