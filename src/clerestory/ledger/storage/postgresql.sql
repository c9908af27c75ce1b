-- The ledger's tables in PostgreSQL. They say what those of SQLite say, table by table; where they
-- differ, a comment tells why. Leaves, tiles, heads and counters only ever grow: the triggers
-- below stop every other statement, also one typed by an administrator.

CREATE TABLE log (
    one smallint PRIMARY KEY CHECK (one = 1),
    origin text NOT NULL,
    keeper text NOT NULL CHECK (keeper IN ('office', 'operator'))
);

-- One row an entry. leaf_index is NULL until the sequencer has taken the row. Transactions commit in
-- another order than they draw their ids in, and one that is rolled back leaves a gap: so the
-- index has nothing to do with the id.
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    leaf_index bigint UNIQUE CHECK (leaf_index >= 0),
    leaf bytea NOT NULL CHECK (length(leaf) <= 65535)
);
CREATE INDEX entry_unsequenced ON entry (id) WHERE leaf_index IS NULL;

-- place = level * 2^56 + number. A tile's first hashes never change; it may grow to 256.
CREATE TABLE tile (
    place bigint PRIMARY KEY,
    hashes bytea NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
);

-- The latest signed checkpoint.
CREATE TABLE head (
    one smallint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL,
    root bytea NOT NULL CHECK (length(root) = 32),
    note text NOT NULL
);

-- The sizes that the public sees. Between proposal and publication witnesses cosign.
CREATE TABLE epoch (
    size bigint PRIMARY KEY,
    note text NOT NULL,
    published smallint NOT NULL CHECK (published IN (0, 1))
);

-- The last demand number of each scope. Locked with the entry that uses it: no gaps.
CREATE TABLE demand_number (
    scope text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 1)
);

-- wrapped_key is NULL once the matter is erased.
CREATE TABLE matter (
    id text PRIMARY KEY,
    wrapped_key bytea
);

CREATE TABLE payload (
    entry_id bigint PRIMARY KEY REFERENCES entry (id),
    matter_id text NOT NULL REFERENCES matter (id),
    sealed bytea NOT NULL
);
CREATE INDEX payload_by_matter ON payload (matter_id);

CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$;

CREATE TRIGGER log_never_changes BEFORE UPDATE OR DELETE ON log FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a log keeps its name and its keeper');

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry FOR EACH ROW
WHEN (OLD.leaf_index IS NOT NULL OR NEW.leaf IS DISTINCT FROM OLD.leaf
    OR NEW.id IS DISTINCT FROM OLD.id)
EXECUTE FUNCTION ledger_refuses('a leaf never changes');
CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a leaf is never deleted');

CREATE TRIGGER tile_only_grows BEFORE UPDATE ON tile FOR EACH ROW
WHEN (NEW.place IS DISTINCT FROM OLD.place
    OR substr(NEW.hashes, 1, length(OLD.hashes)) IS DISTINCT FROM OLD.hashes)
EXECUTE FUNCTION ledger_refuses('a tile only grows');
CREATE TRIGGER tile_never_goes BEFORE DELETE ON tile FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a tile is never deleted');

CREATE TRIGGER head_only_grows BEFORE UPDATE ON head FOR EACH ROW
WHEN (NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root IS DISTINCT FROM OLD.root))
EXECUTE FUNCTION ledger_refuses('a log never shrinks');
CREATE TRIGGER head_never_goes BEFORE DELETE ON head FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a log never shrinks');

CREATE TRIGGER epoch_stays_published BEFORE UPDATE ON epoch FOR EACH ROW
WHEN (NEW.size IS DISTINCT FROM OLD.size OR NEW.published < OLD.published)
EXECUTE FUNCTION ledger_refuses('a published size stays published');
CREATE TRIGGER epoch_never_goes BEFORE DELETE ON epoch FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a published size stays published');

CREATE TRIGGER number_has_no_gap BEFORE UPDATE ON demand_number FOR EACH ROW
WHEN (NEW.scope IS DISTINCT FROM OLD.scope OR NEW.last IS DISTINCT FROM OLD.last + 1)
EXECUTE FUNCTION ledger_refuses('demand numbers have no gaps');
CREATE TRIGGER number_starts_at_one BEFORE INSERT ON demand_number FOR EACH ROW
WHEN (NEW.last IS DISTINCT FROM 1)
EXECUTE FUNCTION ledger_refuses('demand numbers have no gaps');
CREATE TRIGGER number_never_goes BEFORE DELETE ON demand_number FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('demand numbers have no gaps');

CREATE TRIGGER matter_stays_erased BEFORE UPDATE ON matter FOR EACH ROW
WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.wrapped_key IS NOT NULL)
EXECUTE FUNCTION ledger_refuses('a matter''s key is kept or destroyed');
CREATE TRIGGER matter_never_goes BEFORE DELETE ON matter FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a matter''s key is kept or destroyed');
CREATE TRIGGER payload_never_changes BEFORE UPDATE ON payload FOR EACH ROW
EXECUTE FUNCTION ledger_refuses('a payload is kept or destroyed');

-- TRUNCATE asks no trigger of a row.
CREATE TRIGGER log_never_empties BEFORE TRUNCATE ON log
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER entry_never_empties BEFORE TRUNCATE ON entry
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER tile_never_empties BEFORE TRUNCATE ON tile
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER head_never_empties BEFORE TRUNCATE ON head
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER epoch_never_empties BEFORE TRUNCATE ON epoch
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER number_never_empties BEFORE TRUNCATE ON demand_number
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER matter_never_empties BEFORE TRUNCATE ON matter
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
CREATE TRIGGER payload_never_empties BEFORE TRUNCATE ON payload
EXECUTE FUNCTION ledger_refuses('a table of the ledger is never emptied');
