"""Deliveries: what leaves the site by mail, SMS, push or webhook, with every try. Takes the place of outgoing_mails."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE deliveries (
      id uuid NOT NULL CONSTRAINT pk_deliveries PRIMARY KEY,
      channel text NOT NULL,
      kind text NOT NULL,
      recipient text NOT NULL,
      user_id uuid CONSTRAINT fk_deliveries_user_id_users REFERENCES users (id) ON DELETE CASCADE,
      notification_id uuid,
      source_id uuid,
      content jsonb NOT NULL,
      is_secret boolean NOT NULL DEFAULT false,
      state text NOT NULL CONSTRAINT ck_deliveries_state
        CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'uncertain', 'suppressed')),
      reason text,
      reference text,
      tries integer NOT NULL DEFAULT 0,
      next_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz,
      CONSTRAINT ck_deliveries_is_due CHECK ((state IN ('pending', 'sending', 'uncertain')) = (next_at IS NOT NULL))
    )
    """,
    "CREATE INDEX ix_deliveries_due ON deliveries (channel, next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX ix_deliveries_newest ON deliveries (channel, created_at DESC, id DESC)",
    "CREATE INDEX ix_deliveries_recipient ON deliveries (recipient, created_at DESC, id DESC)",
    "CREATE INDEX ix_deliveries_notification_id ON deliveries (notification_id) WHERE notification_id IS NOT NULL",
    "CREATE INDEX ix_deliveries_user_id ON deliveries (user_id) WHERE user_id IS NOT NULL",
    """
    CREATE UNIQUE INDEX uq_deliveries_once ON deliveries (source_id, channel, kind, recipient)
    WHERE source_id IS NOT NULL
    """,
    """
    CREATE TABLE delivery_tries (
      delivery_id uuid NOT NULL CONSTRAINT fk_delivery_tries_delivery_id_deliveries
        REFERENCES deliveries (id) ON DELETE CASCADE,
      number integer NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      milliseconds integer NOT NULL,
      outcome text NOT NULL CONSTRAINT ck_delivery_tries_outcome
        CHECK (outcome IN ('sent', 'failed', 'uncertain', 'suppressed')),
      detail text NOT NULL DEFAULT '',
      CONSTRAINT pk_delivery_tries PRIMARY KEY (delivery_id, number)
    )
    """,
    """
    INSERT INTO deliveries (id, channel, kind, recipient, content, state, reason, created_at, ended_at)
    SELECT id, 'mail', kind, recipient, jsonb_build_object('subject', subject, 'text', text), 'suppressed',
      'No mail server was set.', created_at, created_at
    FROM outgoing_mails
    """,
    "DROP TABLE outgoing_mails",
)
BACK = (
    """
    CREATE TABLE outgoing_mails (
      id uuid NOT NULL CONSTRAINT pk_outgoing_mails PRIMARY KEY,
      kind text NOT NULL,
      recipient text NOT NULL,
      subject text NOT NULL,
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX ix_outgoing_mails_newest ON outgoing_mails (created_at DESC, id DESC)",
    """
    INSERT INTO outgoing_mails (id, kind, recipient, subject, text, created_at)
    SELECT id, kind, recipient, content ->> 'subject', coalesce(content ->> 'text', ''), created_at
    FROM deliveries WHERE channel = 'mail'
    """,
    "DROP TABLE delivery_tries",
    "DROP TABLE deliveries",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK:
        op.execute(statement)
