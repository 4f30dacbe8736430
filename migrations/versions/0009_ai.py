"""Models: providers, keys, routes, prices, tiers, budgets, and the ledger of calls with its functions."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SETUP = (
    """
    CREATE TABLE ai_providers (
      id uuid NOT NULL CONSTRAINT pk_ai_providers PRIMARY KEY,
      name text NOT NULL CONSTRAINT uq_ai_providers_name UNIQUE,
      kind text NOT NULL,
      base_url text,
      models text[] NOT NULL DEFAULT '{}',
      options jsonb NOT NULL DEFAULT '{}',
      is_enabled boolean NOT NULL DEFAULT true,
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE ai_provider_keys (
      id uuid NOT NULL CONSTRAINT pk_ai_provider_keys PRIMARY KEY,
      provider_id uuid NOT NULL CONSTRAINT fk_ai_provider_keys_provider_id_ai_providers
        REFERENCES ai_providers (id) ON DELETE CASCADE,
      label text NOT NULL DEFAULT '',
      secret bytea NOT NULL,
      ending text NOT NULL,
      weight integer NOT NULL DEFAULT 1 CONSTRAINT ck_ai_provider_keys_weight CHECK (weight BETWEEN 1 AND 100),
      is_enabled boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX ix_ai_provider_keys_provider_id ON ai_provider_keys (provider_id)",
    """
    CREATE TABLE ai_routes (
      task text NOT NULL,
      place integer NOT NULL,
      provider text NOT NULL,
      model text NOT NULL,
      CONSTRAINT pk_ai_routes PRIMARY KEY (task, place)
    )
    """,
    """
    CREATE TABLE ai_prices (
      provider text NOT NULL,
      model text NOT NULL,
      input bigint NOT NULL CONSTRAINT ck_ai_prices_input CHECK (input >= 0),
      cached_input bigint NOT NULL CONSTRAINT ck_ai_prices_cached_input CHECK (cached_input >= 0),
      output bigint NOT NULL CONSTRAINT ck_ai_prices_output CHECK (output >= 0),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_ai_prices PRIMARY KEY (provider, model)
    )
    """,
    """
    CREATE TABLE ai_tiers (
      name text NOT NULL CONSTRAINT pk_ai_tiers PRIMARY KEY,
      rank integer NOT NULL,
      requests_per_minute integer NOT NULL,
      tokens_per_minute integer NOT NULL,
      streams integer NOT NULL,
      roles text[] NOT NULL DEFAULT '{}'
    )
    """,
    """
    INSERT INTO ai_tiers (name, rank, requests_per_minute, tokens_per_minute, streams, roles) VALUES
      ('visitor', 0, 5, 10000, 1, '{}'),
      ('free', 1, 20, 40000, 2, '{}'),
      ('pro', 2, 300, 1000000, 20, '{creator,moderator,admin}')
    """,
    """
    CREATE TABLE ai_budgets (
      scope text NOT NULL,
      period text NOT NULL CONSTRAINT ck_ai_budgets_period CHECK (period IN ('day', 'month')),
      limit_micros bigint NOT NULL CONSTRAINT ck_ai_budgets_limit_micros CHECK (limit_micros >= 0),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_ai_budgets PRIMARY KEY (scope, period)
    )
    """,
    """
    INSERT INTO ai_budgets (scope, period, limit_micros) VALUES
      ('each:free', 'day', 50000), ('each:free', 'month', 500000), ('tier:visitor', 'day', 100000)
    """,
)
LEDGER = (
    """
    CREATE TABLE ai_accounts (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ai_accounts PRIMARY KEY,
      scope text NOT NULL,
      period text NOT NULL,
      begins date NOT NULL,
      spent_micros bigint NOT NULL DEFAULT 0,
      reserved_micros bigint NOT NULL DEFAULT 0 CONSTRAINT ck_ai_accounts_reserved_micros CHECK (reserved_micros >= 0),
      CONSTRAINT uq_ai_accounts_scope_period_begins UNIQUE (scope, period, begins)
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE ai_calls (
      id uuid NOT NULL CONSTRAINT pk_ai_calls PRIMARY KEY,
      user_id uuid CONSTRAINT fk_ai_calls_user_id_users REFERENCES users (id) ON DELETE SET NULL,
      api_key_id uuid,
      feature text NOT NULL,
      asked_model text NOT NULL,
      provider text,
      model text,
      is_stream boolean NOT NULL DEFAULT false,
      status text NOT NULL DEFAULT 'open' CONSTRAINT ck_ai_calls_status
        CHECK (status IN ('open', 'complete', 'stopped', 'cut', 'error', 'lost')),
      source text CONSTRAINT ck_ai_calls_source CHECK (source IN ('provider', 'estimated', 'cache', 'none')),
      input_tokens integer NOT NULL DEFAULT 0,
      cached_input_tokens integer NOT NULL DEFAULT 0,
      output_tokens integer NOT NULL DEFAULT 0,
      input_price bigint,
      cached_input_price bigint,
      output_price bigint,
      cost_micros bigint NOT NULL DEFAULT 0,
      reserved_micros bigint NOT NULL DEFAULT 0,
      accounts bigint[] NOT NULL DEFAULT '{}',
      attempts integer NOT NULL DEFAULT 0,
      first_token_ms integer,
      total_ms integer,
      fault text,
      created_at timestamptz NOT NULL DEFAULT now(),
      alive_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz
    )
    """,
    "CREATE INDEX ix_ai_calls_user_newest ON ai_calls (user_id, created_at DESC, id DESC)",
    "CREATE INDEX ix_ai_calls_newest ON ai_calls (created_at DESC, id DESC)",
    "CREATE INDEX ix_ai_calls_open ON ai_calls (alive_at) WHERE status = 'open'",
    """
    CREATE TABLE ai_usage_days (
      day date NOT NULL,
      user_id uuid NOT NULL,
      feature text NOT NULL,
      provider text NOT NULL,
      model text NOT NULL,
      calls integer NOT NULL DEFAULT 0,
      failures integer NOT NULL DEFAULT 0,
      fallbacks integer NOT NULL DEFAULT 0,
      unpriced integer NOT NULL DEFAULT 0,
      input_tokens bigint NOT NULL DEFAULT 0,
      cached_input_tokens bigint NOT NULL DEFAULT 0,
      output_tokens bigint NOT NULL DEFAULT 0,
      cost_micros bigint NOT NULL DEFAULT 0,
      total_ms bigint NOT NULL DEFAULT 0,
      CONSTRAINT pk_ai_usage_days PRIMARY KEY (day, user_id, feature, provider, model)
    )
    """,
)

FUNCTIONS = (
    """
    -- Holds money for calls, each in all of its accounts or in none, in the order asked.
    CREATE FUNCTION ai_reserve(calls jsonb) RETURNS jsonb LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
      call jsonb; full_one record; ids bigint[]; limited boolean; room bigint; needed bigint; answers jsonb;
    BEGIN
      INSERT INTO ai_accounts (scope, period, begins)
        SELECT DISTINCT s.scope, s.period, s.begins
        FROM jsonb_array_elements(calls) AS c,
          jsonb_to_recordset(c -> 'scopes') AS s (scope text, period text, begins date)
        WHERE NOT EXISTS (
          SELECT FROM ai_accounts a WHERE (a.scope, a.period, a.begins) = (s.scope, s.period, s.begins))
        ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING;
      PERFORM a.id FROM ai_accounts a
        WHERE (a.scope, a.period, a.begins) IN (
          SELECT s.scope, s.period, s.begins
          FROM jsonb_array_elements(calls) AS c,
            jsonb_to_recordset(c -> 'scopes') AS s (scope text, period text, begins date))
        ORDER BY a.id FOR UPDATE;

      -- Nearly always there is room for all of them, and one statement does it.
      WITH asked AS MATERIALIZED (
        SELECT place, wish, coalesce((wish ->> 'micros')::bigint, 0) AS micros, wish -> 'micros' = 'null' AS unpriced
        FROM jsonb_array_elements(calls) WITH ORDINALITY AS c (wish, place)
      ), parts AS MATERIALIZED (
        SELECT q.place, q.micros, q.unpriced, a.id AS account, coalesce(own.limit_micros, usual.limit_micros) AS most,
          a.spent_micros + a.reserved_micros
            + sum(q.micros) OVER (PARTITION BY a.id ORDER BY q.place)::bigint AS used
        FROM asked q, jsonb_to_recordset(q.wish -> 'scopes') AS s (scope text, usual text, period text, begins date)
        JOIN ai_accounts a USING (scope, period, begins)
        LEFT JOIN ai_budgets own ON own.scope = s.scope AND own.period = s.period
        LEFT JOIN ai_budgets usual ON usual.scope = s.usual AND usual.period = s.period
      ), everyone AS MATERIALIZED (
        SELECT bool_and(most IS NULL OR NOT unpriced AND (micros = 0 OR used <= most)) AS fits FROM parts
      ), held AS (
        UPDATE ai_accounts a SET reserved_micros = a.reserved_micros + p.micros
        FROM (SELECT account, sum(micros)::bigint AS micros FROM parts GROUP BY account) AS p, everyone
        WHERE a.id = p.account AND p.micros > 0 AND everyone.fits
      ), purses AS MATERIALIZED (
        SELECT place, array_agg(account ORDER BY account) AS accounts, min(most - used) AS room
        FROM parts, everyone WHERE everyone.fits GROUP BY place
      ), written AS (
        INSERT INTO ai_calls (id, user_id, api_key_id, feature, asked_model, provider, model, is_stream, input_tokens,
          input_price, cached_input_price, output_price, reserved_micros, accounts, created_at)
        SELECT c.id, c.user_id, c.api_key_id, c.feature, c.asked_model, c.provider, c.model, c.is_stream,
          c.input_tokens, c.input_price, c.cached_input_price, c.output_price, q.micros, p.accounts, c.created_at
        FROM asked q JOIN purses p USING (place), jsonb_to_record(q.wish) AS c (
          id uuid, user_id uuid, api_key_id uuid, feature text, asked_model text, provider text, model text,
          is_stream boolean, input_tokens integer, input_price bigint, cached_input_price bigint,
          output_price bigint, created_at timestamptz)
      )
      SELECT jsonb_agg(jsonb_build_object('id', q.wish -> 'id', 'verdict', 'held', 'left_micros', p.room)
          ORDER BY place) INTO answers
        FROM asked q JOIN purses p USING (place);
      IF answers IS NOT NULL THEN
        RETURN answers;
      END IF;

      answers := '[]';
      FOR call IN SELECT jsonb_array_elements(calls) LOOP
        needed := (call ->> 'micros')::bigint;
        SELECT array_agg(a.id ORDER BY a.id), bool_or(b.limit_micros IS NOT NULL),
          min(b.limit_micros - a.spent_micros - a.reserved_micros)
          INTO ids, limited, room
          FROM jsonb_to_recordset(call -> 'scopes') AS s (scope text, usual text, period text, begins date)
          JOIN ai_accounts a USING (scope, period, begins)
          LEFT JOIN LATERAL (
            SELECT limit_micros FROM ai_budgets
            WHERE ai_budgets.period = s.period AND ai_budgets.scope IN (s.scope, s.usual)
            ORDER BY ai_budgets.scope = s.scope DESC LIMIT 1) AS b ON true;
        IF needed IS NULL AND limited THEN
          answers := answers || jsonb_build_object('id', call -> 'id', 'verdict', 'unpriced');
        ELSIF needed > 0 AND needed > room THEN
          SELECT s.scope, s.period, b.limit_micros, a.spent_micros, a.reserved_micros INTO full_one
            FROM jsonb_to_recordset(call -> 'scopes') AS s (scope text, usual text, period text, begins date)
            JOIN ai_accounts a USING (scope, period, begins)
            JOIN LATERAL (
              SELECT limit_micros FROM ai_budgets
              WHERE ai_budgets.period = s.period AND ai_budgets.scope IN (s.scope, s.usual)
              ORDER BY ai_budgets.scope = s.scope DESC LIMIT 1) AS b ON true
            ORDER BY b.limit_micros - a.spent_micros - a.reserved_micros, s.period DESC LIMIT 1;
          answers := answers || jsonb_build_object('id', call -> 'id', 'verdict', 'spent', 'scope', full_one.scope,
            'period', full_one.period, 'limit_micros', full_one.limit_micros, 'spent_micros', full_one.spent_micros,
            'reserved_micros', full_one.reserved_micros, 'needed_micros', needed);
        ELSE
          UPDATE ai_accounts SET reserved_micros = reserved_micros + coalesce(needed, 0) WHERE id = ANY (ids);
          INSERT INTO ai_calls (id, user_id, api_key_id, feature, asked_model, provider, model, is_stream, input_tokens,
            input_price, cached_input_price, output_price, reserved_micros, accounts, created_at)
          VALUES ((call ->> 'id')::uuid, (call ->> 'user_id')::uuid, (call ->> 'api_key_id')::uuid, call ->> 'feature',
            call ->> 'asked_model', call ->> 'provider', call ->> 'model', (call ->> 'is_stream')::boolean,
            (call ->> 'input_tokens')::integer, (call ->> 'input_price')::bigint,
            (call ->> 'cached_input_price')::bigint, (call ->> 'output_price')::bigint, coalesce(needed, 0), ids,
            (call ->> 'created_at')::timestamptz);
          answers := answers || jsonb_build_object('id', call -> 'id', 'verdict', 'held',
            'left_micros', room - coalesce(needed, 0));
        END IF;
      END LOOP;
      RETURN answers;
    END $$
    """,
    """
    -- Ends calls: what was held is given back, what was used is spent. A call that has ended stays as it is. Answers
    -- with the ids of those it ended, and the accounts of which four fifths are spent now and were not before.
    CREATE FUNCTION ai_settle(calls jsonb) RETURNS jsonb LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
      answer jsonb;
    BEGIN
      PERFORM c.id FROM ai_calls c
        WHERE c.id IN (SELECT (s ->> 'id')::uuid FROM jsonb_array_elements(calls) AS s) ORDER BY c.id FOR UPDATE;
      PERFORM a.id FROM ai_accounts a
        WHERE a.id IN (
          SELECT unnest(c.accounts) FROM ai_calls c
          WHERE c.status = 'open' AND c.id IN (SELECT (s ->> 'id')::uuid FROM jsonb_array_elements(calls) AS s))
        ORDER BY a.id FOR UPDATE;
      WITH asked AS (
        SELECT DISTINCT ON (call ->> 'id') call FROM jsonb_array_elements(calls) WITH ORDINALITY AS c (call, place)
        ORDER BY call ->> 'id', place
      ), ended AS (
        UPDATE ai_calls c SET status = one.status, source = one.source, provider = one.provider, model = one.model,
          input_tokens = one.input_tokens, cached_input_tokens = one.cached_input_tokens,
          output_tokens = one.output_tokens, input_price = one.input_price,
          cached_input_price = one.cached_input_price, output_price = one.output_price,
          cost_micros = one.cost_micros, attempts = one.attempts, first_token_ms = one.first_token_ms,
          total_ms = one.total_ms, fault = one.fault, settled_at = clock_timestamp()
        FROM asked, jsonb_to_record(asked.call) AS one (
          id uuid, status text, source text, provider text, model text, input_tokens integer,
          cached_input_tokens integer, output_tokens integer, input_price bigint, cached_input_price bigint,
          output_price bigint, cost_micros bigint, attempts integer, first_token_ms integer, total_ms integer,
          fault text)
        WHERE c.id = one.id AND c.status = 'open'
        RETURNING c.*
      ), moved AS (
        UPDATE ai_accounts a SET reserved_micros = a.reserved_micros - p.reserved,
          spent_micros = a.spent_micros + p.cost
        FROM (
          SELECT account, sum(cost_micros)::bigint AS cost, sum(reserved_micros)::bigint AS reserved
          FROM ended, unnest(accounts) AS account GROUP BY account) AS p
        WHERE a.id = p.account
        RETURNING a.id, a.scope, a.period, a.spent_micros, a.spent_micros - p.cost AS spent_before
      ), summed AS (
        INSERT INTO ai_usage_days AS u (day, user_id, feature, provider, model, calls, failures, fallbacks, unpriced,
          input_tokens, cached_input_tokens, output_tokens, cost_micros, total_ms)
        SELECT (created_at AT TIME ZONE 'UTC')::date, coalesce(user_id, '00000000-0000-0000-0000-000000000000'),
          feature, coalesce(provider, ''), coalesce(model, ''), count(*),
          count(*) FILTER (WHERE status <> 'complete'), count(*) FILTER (WHERE attempts > 1),
          count(*) FILTER (WHERE input_price IS NULL AND source <> 'none'), sum(input_tokens),
          sum(cached_input_tokens), sum(output_tokens), sum(cost_micros), sum(total_ms)
        FROM ended GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (day, user_id, feature, provider, model) DO UPDATE SET
          calls = u.calls + excluded.calls, failures = u.failures + excluded.failures,
          fallbacks = u.fallbacks + excluded.fallbacks, unpriced = u.unpriced + excluded.unpriced,
          input_tokens = u.input_tokens + excluded.input_tokens,
          cached_input_tokens = u.cached_input_tokens + excluded.cached_input_tokens,
          output_tokens = u.output_tokens + excluded.output_tokens,
          cost_micros = u.cost_micros + excluded.cost_micros, total_ms = u.total_ms + excluded.total_ms
      )
      SELECT jsonb_build_object(
        'ended', coalesce((SELECT jsonb_agg(id) FROM ended), '[]'),
        'low', coalesce((
          SELECT jsonb_agg(jsonb_build_object('scope', m.scope, 'period', m.period,
            'limit_micros', b.limit_micros, 'spent_micros', m.spent_micros))
          FROM moved m
          JOIN LATERAL (
            SELECT limit_micros FROM ai_budgets
            WHERE ai_budgets.period = m.period AND ai_budgets.scope IN (
              m.scope, CASE WHEN m.scope LIKE 'user:%' THEN (
                SELECT 'each' || substr(t.scope, 5) FROM ended e JOIN moved t ON t.id = ANY (e.accounts)
                WHERE m.id = ANY (e.accounts) AND t.scope LIKE 'tier:%' LIMIT 1) END)
            ORDER BY ai_budgets.scope = m.scope DESC LIMIT 1) AS b ON b.limit_micros > 0
          WHERE m.spent_before * 5 < b.limit_micros * 4 AND m.spent_micros * 5 >= b.limit_micros * 4), '[]'))
        INTO answer;
      RETURN answer;
    END $$
    """,
)

SETTLE_QUIETLY = """
    -- The same where nobody needs to be told anything; else it does nothing, and fails with the state AI001.
    CREATE FUNCTION ai_settle_quietly(calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
    DECLARE
      answer jsonb := ai_settle(calls);
    BEGIN
      IF answer -> 'low' <> '[]' THEN
        RAISE EXCEPTION 'a budget runs low' USING ERRCODE = 'AI001';
      END IF;
      RETURN answer;
    END $$
"""
_PERMISSION = sa.text("INSERT INTO permissions (name, description) VALUES (:name, :description)")
_GRANT = sa.text("INSERT INTO role_permissions (role, permission) VALUES (:role, :name)")
PERMISSIONS = {
    "use:ai": ("Use the site's models", ("viewer", "creator", "moderator", "admin")),
    "use:gateway": ("Call the site's models through /v1 with an API key", ("creator", "moderator", "admin")),
    "manage:ai": ("Set providers, keys, routes, prices and budgets of models, see who spends what", ("admin",)),
    "read:metrics": ("Read /metrics, for monitoring", ("admin",)),
}
_TABLES = (
    "ai_usage_days", "ai_calls", "ai_accounts", "ai_budgets", "ai_tiers", "ai_prices", "ai_routes", "ai_provider_keys",
    "ai_providers",
)  # fmt: skip


def upgrade() -> None:
    for statement in (*SETUP, *LEDGER, *FUNCTIONS, SETTLE_QUIETLY):
        op.execute(statement)
    for name, (description, roles) in PERMISSIONS.items():
        op.execute(_PERMISSION.bindparams(name=name, description=description))
        for role in roles:
            op.execute(_GRANT.bindparams(role=role, name=name))
    op.execute("UPDATE permission_revision SET revision = revision + 1")


def downgrade() -> None:
    for name in PERMISSIONS:
        op.execute(sa.text("DELETE FROM permissions WHERE name = :name").bindparams(name=name))
    op.execute("UPDATE permission_revision SET revision = revision + 1")
    op.execute("DROP FUNCTION ai_settle_quietly(jsonb), ai_settle(jsonb), ai_reserve(jsonb)")
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
