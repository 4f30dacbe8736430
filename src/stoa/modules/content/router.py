"""The front door of content's API. The router asks one after the other: the most read comes first."""

from stoa.modules.content.articles.personal_data import ArticlesOfPerson
from stoa.modules.content.articles.revisions_router import router as revisions
from stoa.modules.content.articles.router import router as articles
from stoa.modules.content.articles.states_router import router as states
from stoa.modules.content.comments.personal_data import CommentsOfPerson
from stoa.modules.content.comments.router import router as comments
from stoa.modules.content.exporting.router import router as exporting
from stoa.modules.content.findings.personal_data import FindingsOfPerson
from stoa.modules.content.findings.router import router as findings
from stoa.modules.content.follows.personal_data import FollowsOfPerson
from stoa.modules.content.follows.router import router as follows
from stoa.modules.content.importing.router import router as importing
from stoa.modules.content.passages.router import router as related
from stoa.modules.content.reactions.personal_data import ReactionsOfPerson
from stoa.modules.content.reactions.router import router as reactions
from stoa.modules.content.tags.router import router as tags
from stoa.modules.content.uploads.personal_data import UploadsOfPerson
from stoa.modules.content.uploads.router import router as uploads
from stoa.shared.personal_data import PersonalData

ROUTERS = (
    articles,
    tags,
    states,
    related,
    revisions,
    comments,
    findings,
    reactions,
    follows,
    uploads,
    importing,
    exporting,
)
PERSONAL_DATA: tuple[PersonalData, ...] = (
    FindingsOfPerson(),
    ArticlesOfPerson(),
    CommentsOfPerson(),
    ReactionsOfPerson(),
    FollowsOfPerson(),
    UploadsOfPerson(),
)
