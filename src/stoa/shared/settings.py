"""Everything an operator can set, in small parts, read once from the environment and `.env`.

Nothing here is read at import. Secrets are `SecretStr` and may come from a file named by `<NAME>_FILE`.
"""

import difflib
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import ValidationError

from stoa.shared.errors import FieldFault, InvalidInput
from stoa.shared.settings_parts import (
    PREFIX,
    AccountSettings,
    AiSettings,
    CacheSettings,
    ContentSettings,
    DatabaseSettings,
    EventSettings,
    MailSettings,
    MediaSettings,
    NoticeSettings,
    Part,
    ServerSettings,
    SiteSettings,
)

_SHORTEST_SECRET = 32
_DEFAULT_SECRETS = {"changeme", "change-me", "secret", "password", "test", "development"}


class SettingsFault(InvalidInput):
    title = "The settings are not valid"


@dataclass(frozen=True, slots=True)
class Settings:
    """All parts. `Settings.load()` reads them; faults are told all at once."""

    server: ServerSettings
    database: DatabaseSettings
    cache: CacheSettings
    site: SiteSettings
    accounts: AccountSettings
    content: ContentSettings
    media: MediaSettings
    events: EventSettings
    mail: MailSettings
    notices: NoticeSettings
    ai: AiSettings

    @classmethod
    def load(cls, env_file: Path | None = Path(".env"), **overrides: Any) -> "Settings":
        """Read the environment and `env_file`; `overrides` (field names) win. Raises SettingsFault."""
        written = dict(dotenv_values(env_file)) if env_file and env_file.is_file() else {}
        environment = {**{k: v or "" for k, v in written.items()}, **os.environ}
        faults = _unknown_names(environment)
        given = {**_from_files(environment, faults), **{k: v for k, v in overrides.items() if v is not None}}
        parts: dict[str, Part] = {}
        for part in fields(cls):
            try:
                kind = PARTS[part.name]
                chosen = {k: v for k, v in given.items() if k in kind.model_fields}
                parts[part.name] = kind(_env_file=env_file, **chosen)
            except ValidationError as error:
                faults += _faults_of(error)
        if not faults:
            settings = cls(**parts)  # type: ignore[arg-type] # the names are those of the dataclass itself
            faults = [*_incomplete(settings), *_unsafe_in_production(settings)]
        if faults:
            raise SettingsFault("; ".join(f"{f.field}: {f.message}" for f in faults), faults=tuple(faults))
        return settings

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names answered, lower case, without ports."""
        public = urlsplit(self.server.public_url).hostname or "localhost"
        return (
            public,
            "localhost",
            "127.0.0.1",
            "[::1]",
            *_bound(self.server.host),
            *self.server.trusted_hosts,
        )


PARTS: Mapping[str, type[Part]] = {
    "server": ServerSettings,
    "database": DatabaseSettings,
    "cache": CacheSettings,
    "site": SiteSettings,
    "accounts": AccountSettings,
    "content": ContentSettings,
    "media": MediaSettings,
    "events": EventSettings,
    "mail": MailSettings,
    "notices": NoticeSettings,
    "ai": AiSettings,
}


def environment_name(field: str) -> str:
    """The variable that sets a field: `database_url` -> DATABASE_URL, `port` -> STOA_PORT."""
    return field.upper() if field in {"database_url", "redis_url"} else f"{PREFIX}{field.upper()}"


def _known() -> dict[str, str]:
    return {environment_name(name): name for part in PARTS.values() for name in part.model_fields}


def _bound(host: str) -> tuple[str, ...]:
    try:
        return () if ipaddress.ip_address(host).is_unspecified else (host,)
    except ValueError:
        return (host.lower(),)


def _unknown_names(environment: Mapping[str, str]) -> list[FieldFault]:
    known = _known()
    faults = []
    for name in sorted(environment):
        plain = name.removesuffix("_FILE")
        if not name.startswith(PREFIX) or name in known or plain in known:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "see docs/configuration.md for the names there are"
        faults.append(FieldFault(name, f"there is no such setting; {hint}"))
    return faults


def _from_files(environment: Mapping[str, str], faults: list[FieldFault]) -> dict[str, str]:
    found = {}
    for name, field in _known().items():
        path = environment.get(f"{name}_FILE")
        if path and name not in environment:
            try:
                found[field] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                faults.append(FieldFault(f"{name}_FILE", f"cannot be read: {error.strerror}"))
    return found


def _faults_of(error: ValidationError) -> list[FieldFault]:
    return [
        FieldFault(environment_name(str(e["loc"][0]).lower()) if e["loc"] else "settings", e["msg"])
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _incomplete(settings: Settings) -> list[FieldFault]:
    media = settings.media
    if media.media_store != "s3":
        return []
    needed = {"s3_bucket": media.s3_bucket, "s3_access_key": media.s3_access_key, "s3_secret_key": media.s3_secret_key}
    faults = [
        FieldFault(environment_name(name), "is needed with STOA_MEDIA_STORE=s3")
        for name, value in needed.items()
        if not value
    ]
    if media.s3_endpoint and not media.s3_allow_http and _is_plain_and_far(media.s3_endpoint):
        faults.append(
            FieldFault("STOA_S3_ENDPOINT", "must start with https://, or be on this machine; see STOA_S3_ALLOW_HTTP")
        )
    return faults


def _is_plain_and_far(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "http":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def _unsafe_in_production(settings: Settings) -> list[FieldFault]:
    server = settings.server
    if server.environment != "production":
        return []
    faults = []
    if server.debug:
        faults.append(FieldFault("STOA_DEBUG", "must be off in production"))
    if not server.public_url.startswith("https://"):
        faults.append(FieldFault("STOA_PUBLIC_URL", "must start with https:// in production"))
    if settings.database.database_url is None:
        faults.append(FieldFault("DATABASE_URL", "is needed in production"))
    if settings.notices.private_targets:
        faults.append(FieldFault("STOA_PRIVATE_TARGETS", "must be off in production"))
    if settings.notices.sms_token and not settings.notices.sms_url.startswith("https://"):
        faults.append(FieldFault("STOA_SMS_URL", "must start with https:// in production: a secret is sent there"))
    if settings.mail.smtp_username and settings.mail.smtp_security == "none":
        faults.append(FieldFault("STOA_SMTP_SECURITY", "must not be `none` where a password is sent, in production"))
    keys = settings.accounts.secret_keys
    chosen = [key.strip() for key in keys.get_secret_value().split(",")] if keys else []
    if any(len(key) < _SHORTEST_SECRET or key.lower() in _DEFAULT_SECRETS for key in chosen):
        faults.append(FieldFault("STOA_SECRET_KEYS", f"each key needs at least {_SHORTEST_SECRET} random characters"))
    return faults
