"""Webhooks: where events are sent to, and the permission to say so."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE webhook_endpoints (
  id uuid NOT NULL CONSTRAINT pk_webhook_endpoints PRIMARY KEY,
  url text NOT NULL,
  description text NOT NULL DEFAULT '',
  event_types text[] NOT NULL,
  secret bytea NOT NULL,
  former_secret bytea,
  former_until timestamptz,
  is_enabled boolean NOT NULL DEFAULT true,
  disabled_because text,
  failing_since timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_by uuid CONSTRAINT fk_webhook_endpoints_created_by_users REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_webhook_endpoints_created_by ON webhook_endpoints (created_by)")
    op.execute(
        "INSERT INTO permissions (name, description) VALUES "
        "('manage:webhooks', 'Have events sent to other systems, read what was sent')"
    )
    op.execute("INSERT INTO role_permissions (role, permission) VALUES ('admin', 'manage:webhooks')")
    op.execute("UPDATE permission_revision SET revision = revision + 1")


def downgrade() -> None:
    op.execute("DROP TABLE webhook_endpoints")
    op.execute("DELETE FROM permissions WHERE name = 'manage:webhooks'")
    op.execute("UPDATE permission_revision SET revision = revision + 1")
