"""The front door of content's API. The router asks one after the other: the most read comes first."""

from stoa.modules.content.articles.personal_data import ArticlesOfPerson
from stoa.modules.content.articles.router import router as articles
from stoa.modules.content.tags.router import router as tags
from stoa.shared.personal_data import PersonalData

ROUTERS = (articles, tags)
PERSONAL_DATA: tuple[PersonalData, ...] = (ArticlesOfPerson(),)
