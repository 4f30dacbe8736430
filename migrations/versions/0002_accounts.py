"""Accounts: credentials, sessions, API keys, roles and permissions, mails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")

PERMISSIONS = {
    "create:article": "Write articles of one's own, as drafts",
    "edit:article": "Change one's own articles",
    "publish:article": "Publish and withdraw one's own articles",
    "delete:article": "Delete and restore one's own articles",
    "moderate:article": "Do to everybody's articles what one may do to one's own",
    "create:tag": "Make tags",
    "edit:tag": "Rename and merge tags",
    "delete:tag": "Delete and restore tags",
    "manage:users": "See, ban and sign out people, change their roles and tiers",
    "manage:roles": "Decide which role may do what",
    "view:audit": "Read the audit log",
    "view:mail": "Read the mails that the site wrote",
}
CREATOR = ("create:article", "edit:article", "publish:article", "delete:article", "create:tag")
ROLES = {
    "viewer": ("Reads, and has an account", ()),
    "creator": ("Writes and publishes", CREATOR),
    "moderator": ("Keeps articles and tags clean", (*CREATOR, "moderate:article", "edit:tag", "delete:tag")),
    "admin": ("Runs the site", tuple(PERMISSIONS)),
}


def upgrade() -> None:
    _make_roles()
    _extend_users()
    _make_credentials()
    _make_sessions()
    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_mails"),
    )
    op.create_index(
        "ix_outgoing_mails_newest",
        "outgoing_mails",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
    )


def _make_roles() -> None:
    roles = op.create_table(
        "roles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("is_builtin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_roles"),
    )
    permissions = op.create_table(
        "permissions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_permissions"),
    )
    links = op.create_table(
        "role_permissions",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["roles.name"], name="fk_role_permissions_role_roles", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["permission"], ["permissions.name"], name="fk_role_permissions_permission_permissions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("role", "permission", name="pk_role_permissions"),
    )
    revision_of_all = op.create_table(
        "permission_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_permission_revision_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_permission_revision"),
    )
    op.bulk_insert(permissions, [{"name": name, "description": text} for name, text in PERMISSIONS.items()])
    op.bulk_insert(
        roles, [{"name": name, "description": text, "is_builtin": True} for name, (text, _) in ROLES.items()]
    )
    op.bulk_insert(links, [{"role": role, "permission": name} for role, (_, names) in ROLES.items() for name in names])
    op.bulk_insert(revision_of_all, [{"id": 1, "revision": 1}])


def _extend_users() -> None:
    for column in (
        sa.Column("tier", sa.Text(), server_default="free", nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("social_links", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("banned_at", TIME, nullable=True),
        sa.Column("banned_until", TIME, nullable=True),
        sa.Column("ban_reason", sa.Text(), nullable=True),
        sa.Column("banned_by", sa.Uuid(), nullable=True),
        sa.Column("last_seen_at", TIME, nullable=True),
    ):
        op.add_column("users", column)
    op.execute("UPDATE users SET role = 'viewer' WHERE role NOT IN (SELECT name FROM roles)")
    op.create_foreign_key("fk_users_role_roles", "users", "roles", ["role"], ["name"])
    op.create_foreign_key("fk_users_banned_by_users", "users", "users", ["banned_by"], ["id"], ondelete="SET NULL")
    op.create_check_constraint(op.f("ck_users_tier"), "users", "tier IN ('free', 'pro')")
    op.create_check_constraint(op.f("ck_users_ban"), "users", "(banned_at IS NULL) = (ban_reason IS NULL)")
    op.create_index("ix_users_newest", "users", [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")])
    op.create_index("ix_users_role", "users", ["role"])


def _make_credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_credentials_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_credentials"),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('verify', 'reset', 'owner')", name="ck_one_time_tokens_kind"),
        sa.CheckConstraint("(kind = 'owner') = (user_id IS NULL)", name="ck_one_time_tokens_user"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_one_time_tokens_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_one_time_tokens"),
    )
    op.create_index("ix_one_time_tokens_user_id", "one_time_tokens", ["user_id"])
    op.create_index("ix_one_time_tokens_expires_at", "one_time_tokens", ["expires_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_keys_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("last_used_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('cookie', 'token')", name="ck_sessions_kind"),
        sa.CheckConstraint("(kind = 'cookie') = (secret_hash IS NOT NULL)", name="ck_sessions_secret"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_user_id_living", "sessions", ["user_id"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_refresh_tokens"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])


def downgrade() -> None:
    for table in ("outgoing_mails", "refresh_tokens", "sessions", "api_keys", "one_time_tokens", "credentials"):
        op.drop_table(table)
    op.drop_index("ix_users_role", "users")
    op.drop_index("ix_users_newest", "users")
    for check in (op.f("ck_users_ban"), op.f("ck_users_tier")):
        op.drop_constraint(check, "users", type_="check")
    for name in ("fk_users_banned_by_users", "fk_users_role_roles"):
        op.drop_constraint(name, "users", type_="foreignkey")
    for column in (
        "last_seen_at", "banned_by", "ban_reason", "banned_until", "banned_at", "social_links", "website",
        "date_of_birth", "tier",
    ):  # fmt: skip
        op.drop_column("users", column)
    for table in ("permission_revision", "role_permissions", "permissions", "roles"):
        op.drop_table(table)
