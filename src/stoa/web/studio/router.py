"""The routers of the studio, those with fixed addresses first."""

from stoa.web.studio.autosaving import router as autosaving
from stoa.web.studio.calendar_routes import router as calendar
from stoa.web.studio.comment_routes import router as comments
from stoa.web.studio.findings import router as findings
from stoa.web.studio.import_routes import router as imports
from stoa.web.studio.list_routes import router as lists
from stoa.web.studio.previews import router as previews
from stoa.web.studio.revisions import router as revisions
from stoa.web.studio.routes import router as editor
from stoa.web.studio.topic_routes import router as topics

ROUTERS = (lists, calendar, comments, findings, topics, imports, autosaving, revisions, previews, editor)
