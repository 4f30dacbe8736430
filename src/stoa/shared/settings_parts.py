"""What an operator can set, one class for each room of the house. Loading and checking is in `settings.py`."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "STOA_"
_ADDRESS = r"^https?://[^\s?#@]+$"


def _comma_list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _plain_scheme(value: Any) -> Any:
    """`postgres://` and SQLAlchemy's `postgresql+asyncpg://` mean the same as `postgresql://`."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", value) if isinstance(value, str) else value


class Part(BaseSettings):
    """The settings of one room of the house."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True
    )


class ServerSettings(Part):
    environment: Literal["development", "test", "production"] = Field(
        "development", description="What this installation is for. `production` refuses unsafe settings."
    )
    debug: bool = Field(False, description="More detail in logs. Never in production.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.", max_length=255)
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[A-Za-z0-9.\[\]:-]+(/[^\s?#]*)?$",
        description="Address readers use; links in feeds and mails start with it.",
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)] = Field(
        (),
        description="Host names answered, divided by commas. The public URL's host and loopback are always; "
        "`*` answers every name.",
    )
    forwarded_allow_ips: str = Field(
        "", description="Addresses of proxies whose `X-Forwarded-*` headers are believed, divided by commas."
    )
    data_dir: Path | None = Field(
        None, description="Folder of the embedded servers, media and secrets. Default: the platform's."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    log_format: Literal["auto", "json", "pretty"] = Field(
        "auto", description="`auto` is pretty in a terminal and JSON elsewhere."
    )
    body_limit: int = Field(
        1_048_576,
        ge=1024,
        le=1_073_741_824,
        description="Largest request body, in bytes; uploads have their own.",
    )
    body_seconds: float = Field(
        30.0, gt=0, le=3600, description="Longest time a request body may take to arrive, in seconds."
    )


class DatabaseSettings(Part):
    database_url: Annotated[SecretStr | None, BeforeValidator(_plain_scheme)] = Field(
        None,
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="PostgreSQL to use instead of the embedded one: postgresql://user:password@host/name",
    )
    database_pool: int = Field(5, ge=1, le=100, description="Connections for writing, per web process.")
    read_pool: int = Field(8, ge=1, le=100, description="Connections for reading, per web process.")
    pool_seconds: float = Field(5.0, gt=0, le=60, description="Longest wait for a free connection, in seconds.")
    statement_seconds: float = Field(15.0, gt=0, le=600, description="Longest a statement may run, in seconds.")
    lock_seconds: float = Field(5.0, gt=0, le=600, description="Longest wait for a lock, in seconds.")


class CacheSettings(Part):
    redis_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("redis_url", "REDIS_URL"),
        description="Valkey or Redis to use instead of the embedded one: redis://host:6379/0 or unix:///path",
    )
    page_cache_mb: int = Field(
        32,
        ge=0,
        le=4096,
        description="Memory of the cache of public answers, per web process, in MiB; 0: none.",
    )


class SiteSettings(Part):
    site_name: str = Field("Stoa", min_length=1, max_length=100, description="Name of the site.")
    site_description: str = Field(
        "Notes from a small publication.", max_length=300, description="One line under the name."
    )
    language: str = Field("en", pattern=r"^[a-z]{2}$", description="Language of the site, ISO 639-1.")
    accent: str = Field("#2f5d50", pattern=r"^#[0-9a-fA-F]{6}$", description="The one colour used for accents.")


class AccountSettings(Part):
    secret_keys: SecretStr | None = Field(
        None,
        description="Keys that sign tokens, divided by commas, newest first, each of at least 32 random characters. "
        "Default: made once, kept in the data folder. Set it when several machines serve one site.",
    )
    registration: Literal["open", "closed"] = Field("open", description="Whether strangers may make accounts.")
    sign_in_needs: Literal["password", "verified"] = Field(
        "password",
        description="`verified`: only who has confirmed the mail address may sign in. Then nothing at all tells "
        "whether an address had an account before.",
    )
    access_minutes: int = Field(15, ge=1, le=60, description="How long an access token is valid, in minutes.")
    session_days: int = Field(
        30, ge=1, le=365, description="How long a sign-in lasts, in days; of API clients since their last refresh."
    )
    password_threads: int = Field(1, ge=1, le=2, description="Threads that hash passwords, per web process.")


class ContentSettings(Part):
    markdown_workers: int = Field(1, ge=1, le=16, description="Processes that turn Markdown into HTML.")
    markdown_seconds: float = Field(3.0, gt=0, le=60, description="Longest one text may take to render, in seconds.")
    comments: Literal["open", "first", "all", "off"] = Field(
        "open",
        description="What becomes of a new comment: `open` shows it, `first` holds the first one of each person until "
        "somebody looked at it, `all` holds every one, `off` takes none.",
    )
    moderation: Literal["off", "normal", "strict"] = Field(
        "normal",
        description="Whether comments and articles are judged in the background after they were written: `normal` has "
        "those wait that the guard would hold, `strict` also whatever scores half, `off` judges none.",
    )
    article_summaries: bool = Field(
        True,
        description="Show what a long article says in short above its text, folded: its own two weightiest sentences, "
        "found without a model.",
    )
    comment_links: int = Field(2, ge=0, le=100, description="A comment with more links than these is held.")
    import_mb: int = Field(1024, ge=1, le=16_384, description="Largest file that may be uploaded to be imported.")


class MediaSettings(Part):
    media_store: Literal["folder", "s3"] = Field(
        "folder",
        description="Where pictures are kept: `folder` is `media` in the data folder; `s3` is a bucket of S3 or of a "
        "store that speaks like it, for several machines that serve one site.",
    )
    picture_workers: int = Field(1, ge=1, le=16, description="Processes that decode pictures, for each web process.")
    picture_seconds: float = Field(20.0, gt=0, le=300, description="Longest one picture may take, in seconds.")
    s3_bucket: str = Field("", max_length=255, description="The bucket. It must be there.")
    s3_endpoint: str | None = Field(
        None, pattern=r"^https?://[^\s?#@]+$", max_length=255, description="Address of the store. Default: AWS."
    )
    s3_region: str = Field("us-east-1", min_length=1, max_length=63, description="Region of the bucket.")
    s3_access_key: str = Field("", max_length=255, description="Access key of an account that may use the bucket.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret of that key.")
    s3_prefix: str = Field(
        "", pattern=r"^[A-Za-z0-9._/-]*$", max_length=200, description="What the names of all objects begin with."
    )
    s3_path_style: bool = Field(
        True, description="Bucket in the path of addresses, as most stores want it, and not in the host name."
    )
    s3_allow_http: bool = Field(False, description="Let the endpoint be plain http on another machine than this one.")
    s3_public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#@]+$",
        max_length=255,
        description="Where browsers find the objects, such as a CDN in front of the bucket, prefix included; "
        "`/media/...` then leads there. Without it the site sends pictures itself.",
    )


class EventSettings(Part):
    event_days: int = Field(30, ge=1, le=3650, description="How long handled events and ended tasks are kept, in days.")


class MailSettings(Part):
    smtp_host: str | None = Field(
        None, max_length=255, description="Mail server to send through. Without one, mails wait at `/admin/mail`."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls` is usual on port 587, `tls` on 465; `none` only on your own machine."
    )
    smtp_username: str = Field("", max_length=255, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_ca_file: Path | None = Field(
        None, description="Certificates the mail server is checked against. Default: the system's."
    )
    mail_from: str | None = Field(
        None,
        pattern=r"^[^\s<>@]+@[^\s<>@]+$",
        max_length=254,
        description="Address mails come from. Default: noreply@ the public URL's host.",
    )


class NoticeSettings(Part):
    sms_provider: Literal["log", "twilio"] = Field(
        "log",
        description="How SMS leave: `log` writes them into the log and sends nothing; `twilio` speaks Twilio's API.",
    )
    sms_url: str = Field(
        "https://api.twilio.com", pattern=r"^https?://[^\s?#]+$", description="Where the provider's API answers."
    )
    sms_account: str = Field("", max_length=100, description="Account at the provider (Twilio: the account SID).")
    sms_token: SecretStr | None = Field(None, description="Secret of that account (Twilio: the auth token).")
    sms_from: str = Field("", max_length=20, description="Number or name SMS come from.")
    apprise_urls: SecretStr | None = Field(
        None,
        description="Further services that those who run the site are told by when something needs attention: "
        "addresses as Apprise writes them, divided by spaces. Needs the extra `apprise`.",
    )
    private_targets: bool = Field(
        False,
        description="Let webhooks and push reach private addresses and plain http. Refused in production.",
    )


class AiSettings(Part):
    openai_api_key: SecretStr | None = Field(
        None, description="Key of OpenAI: makes the provider `openai` without setting anything else up."
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1", pattern=_ADDRESS, max_length=255, description="Where OpenAI's API answers."
    )
    gemini_api_key: SecretStr | None = Field(
        None, description="Key of Gemini: makes the provider `gemini` without setting anything else up."
    )
    gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com",
        pattern=_ADDRESS,
        max_length=255,
        description="Where Gemini's API answers.",
    )
    ai_model_file: Path | None = Field(
        None, description="A GGUF file that is served by this machine as the provider `local`."
    )
    ai_embedded: bool = Field(
        True,
        description="Offer the models that come with Stoa: a small one (`local-ai`) and one of vectors (`semantic`).",
    )
    ai_threads: int = Field(2, ge=1, le=256, description="Threads of a model that runs on this machine.")
    ai_connect_seconds: float = Field(5.0, gt=0, le=60, description="Longest wait for a provider's connection.")
    ai_first_seconds: float = Field(60.0, gt=0, le=600, description="Longest wait for a provider's first byte.")
    ai_idle_seconds: float = Field(30.0, gt=0, le=600, description="Longest pause within a provider's answer.")
    ai_call_seconds: float = Field(600.0, gt=0, le=7200, description="Longest a whole call may take.")
    ai_drain_seconds: float = Field(
        30.0,
        ge=0,
        le=600,
        description="How long an answer is still read after its reader left, to learn what it cost.",
    )
    ask_site: Literal["off", "quotes", "model"] = Field(
        "off",
        description="Let everybody ask questions about the site at `/ask`: answered by quotations from its articles, "
        "which cost nothing, or by the model of the route `chat`, within limits and budget of the tier `visitor`.",
    )
    ai_editor: bool = Field(
        False,
        description="Offer authors help by models in the editor: drafts, other words, titles; each with its cost.",
    )
    ai_hide_personal_data: bool = Field(
        False,
        description="Take mail addresses, telephone, card and account numbers out of models' answers; keys and "
        "passwords are always taken out.",
    )
    ai_injection: Literal["refuse", "log", "off"] = Field(
        "refuse",
        description="Questions that look like an attempt to take a model over: refuse those that both stages are sure "
        "of and log the others, log all of them, or look at none.",
    )
    ai_strict_tiers: str = Field(
        "visitor",
        pattern=r"^[a-z0-9_-]*( [a-z0-9_-]+)*$",
        max_length=500,
        description="Tiers, parted by blanks, whose questions are refused where one stage is enough.",
    )
