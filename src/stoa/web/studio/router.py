"""The routers of the studio, those with fixed addresses first."""

from stoa.web.studio.calendar_routes import router as calendar
from stoa.web.studio.import_routes import router as imports
from stoa.web.studio.list_routes import router as lists
from stoa.web.studio.routes import router as editor
from stoa.web.studio.topic_routes import router as topics

ROUTERS = (lists, calendar, topics, imports, editor)
