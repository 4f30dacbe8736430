"""The audit log: append-only, chained by hash."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EVENTS = """
CREATE TABLE audit.events (
  position bigint NOT NULL CONSTRAINT pk_events PRIMARY KEY CONSTRAINT ck_events_position CHECK (position > 0),
  id uuid NOT NULL CONSTRAINT uq_events_id UNIQUE,
  at timestamptz NOT NULL,
  action text NOT NULL CONSTRAINT ck_events_action CHECK (action ~ '^[a-z_]+([.][a-z_]+)+$' AND length(action) <= 100),
  actor_id uuid,
  actor_kind text NOT NULL CONSTRAINT ck_events_actor_kind
    CHECK (actor_kind IN ('cookie', 'token', 'key', 'shell', 'nobody')),
  subject_type text CONSTRAINT ck_events_subject_type CHECK (length(subject_type) <= 100),
  subject_id text CONSTRAINT ck_events_subject_id CHECK (length(subject_id) <= 200),
  address text CONSTRAINT ck_events_address CHECK (length(address) <= 100),
  request_id text CONSTRAINT ck_events_request_id CHECK (length(request_id) <= 100),
  details jsonb NOT NULL CONSTRAINT ck_events_details CHECK (octet_length(details::text) <= 16384),
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
)
"""
INDEXES = (
    "CREATE INDEX ix_events_at ON audit.events (at)",
    "CREATE INDEX ix_events_action_position ON audit.events (action text_pattern_ops, position)",
    "CREATE INDEX ix_events_actor_id_position ON audit.events (actor_id, position)",
    "CREATE INDEX ix_events_subject_position ON audit.events (subject_type, subject_id, position)",
)
# Where the chain ends, so that rows cut off its end are missed. Before the first row stand 32 zero bytes.
HEAD = """
CREATE TABLE audit.head (
  is_only boolean NOT NULL DEFAULT true CONSTRAINT pk_head PRIMARY KEY CONSTRAINT ck_head_is_only CHECK (is_only),
  position bigint NOT NULL,
  hash bytea NOT NULL
)
"""
FIRST = "INSERT INTO audit.head (position, hash) VALUES (0, decode(repeat('00', 32), 'hex'))"

# A JSON array, so that no two rows have the same text; the time as microseconds, which no setting of a session alters.
DIGEST = """
CREATE FUNCTION audit.digest(event audit.events) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(event.previous_hash || convert_to(jsonb_build_array(
    event.position, event.id, (extract(epoch FROM event.at) * 1000000)::bigint, event.action, event.actor_id,
    event.actor_kind, event.subject_type, event.subject_id, event.address, event.request_id, event.details
  )::text, 'UTF8'))
$$
"""
# The locked row of the head gives the chain one order: whoever comes next waits until this transaction ends.
APPEND = """
CREATE FUNCTION audit.append(
  action text, actor_id uuid, actor_kind text, subject_type text, subject_id text, address text, request_id text,
  details jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE event audit.events;
BEGIN
  SELECT head.position + 1, head.hash INTO event.position, event.previous_hash FROM audit.head FOR UPDATE;
  event.id := gen_random_uuid();
  event.at := clock_timestamp();
  event.action := append.action;
  event.actor_id := append.actor_id;
  event.actor_kind := append.actor_kind;
  event.subject_type := append.subject_type;
  event.subject_id := append.subject_id;
  event.address := append.address;
  event.request_id := append.request_id;
  event.details := append.details;
  event.hash := audit.digest(event);
  INSERT INTO audit.events SELECT event.*;
  UPDATE audit.head SET position = event.position, hash = event.hash;
  RETURN event.position;
END $$
"""
REFUSE = """
CREATE FUNCTION audit.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % of audit.% is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""
ADVANCE = """
CREATE FUNCTION audit.advance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.position <> OLD.position + 1
    OR NOT EXISTS (SELECT FROM audit.events WHERE position = NEW.position AND hash = NEW.hash) THEN
    RAISE EXCEPTION 'the audit log is append-only: its head only follows a new row'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.refuse()",
    "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.events FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()",
    "CREATE TRIGGER only_forward BEFORE UPDATE ON audit.head FOR EACH ROW EXECUTE FUNCTION audit.advance()",
    "CREATE TRIGGER never_gone BEFORE DELETE ON audit.head FOR EACH ROW EXECUTE FUNCTION audit.refuse()",
    "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.head FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()",
)
PRIVATE = "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC"


def upgrade() -> None:
    op.execute("CREATE SCHEMA audit")
    for statement in (EVENTS, *INDEXES, HEAD, FIRST, DIGEST, APPEND, REFUSE, ADVANCE, *TRIGGERS, PRIVATE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP SCHEMA audit CASCADE")
