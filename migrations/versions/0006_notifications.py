"""Notifications: records, counters, preferences, templates, push subscriptions, telephone numbers."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE notifications (
      id uuid NOT NULL CONSTRAINT pk_notifications PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_notifications_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      number bigint NOT NULL,
      category text NOT NULL,
      type text NOT NULL,
      title text NOT NULL,
      message text NOT NULL,
      url text,
      payload jsonb NOT NULL,
      group_key text,
      times integer NOT NULL DEFAULT 1,
      source_id uuid NOT NULL,
      is_shown boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      seen_at timestamptz,
      read_at timestamptz,
      archived_at timestamptz,
      CONSTRAINT uq_notifications_once UNIQUE (user_id, source_id, type)
    )
    """,
    "CREATE UNIQUE INDEX uq_notifications_number ON notifications (user_id, number)",
    """
    CREATE INDEX ix_notifications_unread ON notifications (user_id)
    WHERE is_shown AND read_at IS NULL AND archived_at IS NULL
    """,
    """
    CREATE INDEX ix_notifications_group_key ON notifications (user_id, group_key)
    WHERE group_key IS NOT NULL AND read_at IS NULL
    """,
    """
    CREATE TABLE notification_counters (
      user_id uuid NOT NULL CONSTRAINT pk_notification_counters PRIMARY KEY
        CONSTRAINT fk_notification_counters_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      last_number bigint NOT NULL DEFAULT 0,
      unread integer NOT NULL DEFAULT 0 CONSTRAINT ck_notification_counters_unread CHECK (unread >= 0)
    )
    """,
    """
    CREATE TABLE notification_preferences (
      user_id uuid NOT NULL CONSTRAINT fk_notification_preferences_user_id_users
        REFERENCES users (id) ON DELETE CASCADE,
      category text NOT NULL,
      channel text NOT NULL,
      wish text NOT NULL CONSTRAINT ck_notification_preferences_wish
        CHECK (wish IN ('off', 'instant', 'daily', 'weekly')),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_notification_preferences PRIMARY KEY (user_id, category, channel)
    )
    """,
    """
    CREATE TABLE notification_templates (
      type text NOT NULL,
      language text NOT NULL,
      subject text NOT NULL,
      short text NOT NULL,
      text text NOT NULL,
      html text,
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_notification_templates PRIMARY KEY (type, language)
    )
    """,
    """
    CREATE TABLE push_subscriptions (
      id uuid NOT NULL CONSTRAINT pk_push_subscriptions PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_push_subscriptions_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      session_id uuid,
      endpoint text NOT NULL CONSTRAINT uq_push_subscriptions_endpoint UNIQUE,
      p256dh text NOT NULL,
      auth text NOT NULL,
      device text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX ix_push_subscriptions_user_id ON push_subscriptions (user_id)",
    """
    CREATE TABLE push_keys (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT pk_push_keys PRIMARY KEY
        CONSTRAINT ck_push_keys_is_only CHECK (is_only),
      public_key text NOT NULL,
      private_key bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE phone_numbers (
      user_id uuid NOT NULL CONSTRAINT pk_phone_numbers PRIMARY KEY
        CONSTRAINT fk_phone_numbers_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      number text NOT NULL,
      confirmed_at timestamptz,
      code_hash bytea,
      code_expires_at timestamptz,
      code_tries integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
)
PERMISSION = (
    """
    INSERT INTO permissions (name, description) VALUES
    ('edit:notification_template', 'Word the notices that the site sends')
    """,
    "INSERT INTO role_permissions (role, permission) VALUES ('admin', 'edit:notification_template')",
    "UPDATE permission_revision SET revision = revision + 1",
)
NAMES = (
    "phone_numbers",
    "push_keys",
    "push_subscriptions",
    "notification_templates",
    "notification_preferences",
    "notification_counters",
    "notifications",
)


def upgrade() -> None:
    for statement in (*TABLES, *PERMISSION):
        op.execute(statement)


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
    op.execute("DELETE FROM permissions WHERE name = 'edit:notification_template'")
    op.execute("UPDATE permission_revision SET revision = revision + 1")
