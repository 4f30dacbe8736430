"""The cover that comes as a file with the form of an article: the way of browsers without a script."""

from dataclasses import replace
from typing import Final

from fastapi import Request

from stoa.modules.auth.parts import parts_of
from stoa.modules.content.uploads.service import Uploading
from stoa.shared.database import database_of
from stoa.shared.errors import FieldFault, StoaError
from stoa.shared.security import Actor
from stoa.web.forms import Form
from stoa.web.studio.contexts import ArticleFields

COVER_FILE: Final = "cover_file"


async def with_cover(request: Request, actor: Actor, form: Form, typed: ArticleFields) -> ArticleFields:
    """What was typed, with the picture that was chosen as the cover. Raises what bringing it raises, at its field."""
    file = form.files.get(COVER_FILE)
    if file is None:
        return typed
    state = request.app.state
    uploading = Uploading(database_of(request), state.media, state.pictures, parts_of(request).throttle)
    try:
        if not file.filename:  # none was chosen
            return typed
        actor.demand("upload:media")
        made, _ = await uploading.bring(actor, file.filename, file.file)
    except StoaError as fault:
        fault.faults = (FieldFault(f"body.{COVER_FILE}", fault.detail),)
        raise
    finally:
        await file.close()
    return replace(typed, cover_url=made.url)
