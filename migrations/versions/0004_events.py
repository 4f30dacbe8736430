"""Events: log, inbox, retries, dead letters; the task queue; the permission to manage them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE event_log (
      id uuid NOT NULL CONSTRAINT pk_event_log PRIMARY KEY,
      type text NOT NULL,
      schema_version smallint NOT NULL,
      aggregate text NOT NULL,
      aggregate_version integer,
      data jsonb NOT NULL,
      trace text,
      at timestamptz NOT NULL,
      relayed_at timestamptz,
      relays integer NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX ix_event_log_unrelayed ON event_log (id) WHERE relayed_at IS NULL",
    "CREATE INDEX ix_event_log_at ON event_log (at)",
    """
    CREATE TABLE event_inbox (
      event_id uuid NOT NULL,
      handler text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_event_inbox PRIMARY KEY (event_id, handler)
    )
    """,
    """
    CREATE TABLE event_retry (
      event_id uuid NOT NULL,
      handler text NOT NULL,
      failures integer NOT NULL DEFAULT 0,
      starts integer NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      error text,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_event_retry PRIMARY KEY (event_id, handler)
    )
    """,
    "CREATE INDEX ix_event_retry_due_at ON event_retry (due_at)",
    """
    CREATE TABLE event_dead (
      event_id uuid NOT NULL,
      handler text NOT NULL,
      type text NOT NULL,
      data jsonb NOT NULL,
      failures integer NOT NULL,
      error text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_event_dead PRIMARY KEY (event_id, handler)
    )
    """,
    "CREATE INDEX ix_event_dead_newest ON event_dead (at DESC, event_id DESC, handler DESC)",
    """
    CREATE TABLE event_handlers (
      handler text NOT NULL CONSTRAINT pk_event_handlers PRIMARY KEY,
      since timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE event_sweep (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT pk_event_sweep PRIMARY KEY
        CONSTRAINT ck_event_sweep_is_only CHECK (is_only),
      swept_to timestamptz NOT NULL
    )
    """,
    "INSERT INTO event_sweep (swept_to) VALUES ('-infinity')",
    """
    CREATE TABLE queued_tasks (
      id uuid NOT NULL CONSTRAINT pk_queued_tasks PRIMARY KEY,
      task text NOT NULL,
      payload jsonb NOT NULL,
      asked_by uuid,
      priority smallint NOT NULL DEFAULT 0,
      run_at timestamptz NOT NULL DEFAULT now(),
      state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT ck_queued_tasks_state CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
      attempt integer NOT NULL DEFAULT 0,
      failures integer NOT NULL DEFAULT 0,
      starts integer NOT NULL DEFAULT 0,
      leased_until timestamptz,
      is_cancel_asked boolean NOT NULL DEFAULT false,
      progress smallint NOT NULL DEFAULT 0 CONSTRAINT ck_queued_tasks_progress CHECK (progress BETWEEN 0 AND 100),
      note text NOT NULL DEFAULT '',
      error text,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    )
    """,
    """
    CREATE INDEX ix_queued_tasks_next ON queued_tasks (priority DESC, run_at, id)
    WHERE state IN ('waiting', 'running')
    """,
    "CREATE INDEX ix_queued_tasks_asked_by ON queued_tasks (asked_by)",
)
PERMISSION = (
    "INSERT INTO permissions (name, description) VALUES ('manage:events', 'See where events are, replay dead letters')",
    "INSERT INTO role_permissions (role, permission) VALUES ('admin', 'manage:events')",
    "UPDATE permission_revision SET revision = revision + 1",
)
NAMES = ("queued_tasks", "event_sweep", "event_handlers", "event_dead", "event_retry", "event_inbox", "event_log")


def upgrade() -> None:
    for statement in (*TABLES, *PERMISSION):
        op.execute(statement)


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
    op.execute("DELETE FROM permissions WHERE name = 'manage:events'")
    op.execute("UPDATE permission_revision SET revision = revision + 1")
