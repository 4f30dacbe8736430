"""The front door of the API of notifications."""

from stoa.modules.notifications.inbox_router import router as inbox
from stoa.modules.notifications.live.router import router as live
from stoa.modules.notifications.personal_data import NotificationsOfPerson
from stoa.modules.notifications.phones.personal_data import DATA as PHONE
from stoa.modules.notifications.phones.router import router as phones
from stoa.modules.notifications.preferences.router import router as preferences
from stoa.modules.notifications.push.personal_data import DATA as DEVICES
from stoa.modules.notifications.push.router import router as push
from stoa.modules.notifications.wording.router import router as templates
from stoa.shared.personal_data import PersonalData

ROUTERS = (live, preferences, phones, push, inbox, templates)
PERSONAL_DATA: tuple[PersonalData, ...] = (NotificationsOfPerson(), PHONE, DEVICES)
