-- The ledger's tables in SQLite. Leaves, tiles, heads and counters only ever grow: the triggers
-- below stop every other statement, also one typed by an administrator.

CREATE TABLE log (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL,
    keeper TEXT NOT NULL CHECK (keeper IN ('office', 'operator'))
) STRICT;

-- One row an entry. leaf_index is NULL until the sequencer has taken the row. Here writers come one
-- after the other, so rows are numbered in the order of their commits, and the index is one less
-- than the id; the check keeps it so, and spares every append a second index to write.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    leaf_index INTEGER CHECK (leaf_index = id - 1),
    leaf BLOB NOT NULL CHECK (length(leaf) <= 65535)
) STRICT;
CREATE INDEX entry_unsequenced ON entry (id) WHERE leaf_index IS NULL;

-- place = level * 2^56 + number. A tile's first hashes never change; it may grow to 256.
CREATE TABLE tile (
    place INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
) STRICT;

-- The latest signed checkpoint.
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL
) STRICT;

-- The sizes that the public sees. Between proposal and publication witnesses cosign.
CREATE TABLE epoch (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL,
    published INTEGER NOT NULL CHECK (published IN (0, 1))
) STRICT;

-- The last demand number of each scope. Locked with the entry that uses it: no gaps.
CREATE TABLE demand_number (
    scope TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= 1)
) STRICT;

-- wrapped_key is NULL once the matter is erased.
CREATE TABLE matter (
    id TEXT PRIMARY KEY,
    wrapped_key BLOB
) STRICT;

CREATE TABLE payload (
    entry_id INTEGER PRIMARY KEY REFERENCES entry (id),
    matter_id TEXT NOT NULL REFERENCES matter (id),
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX payload_by_matter ON payload (matter_id);

CREATE TRIGGER log_never_changes BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'a log keeps its name and its keeper'); END;
CREATE TRIGGER log_never_goes BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'a log keeps its name and its keeper'); END;

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
WHEN OLD.leaf_index IS NOT NULL OR NEW.leaf IS NOT OLD.leaf OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'a leaf never changes'); END;
CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'a leaf is never deleted'); END;

CREATE TRIGGER tile_only_grows BEFORE UPDATE ON tile
WHEN NEW.place IS NOT OLD.place
    OR substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes
BEGIN SELECT RAISE(ABORT, 'a tile only grows'); END;
CREATE TRIGGER tile_never_goes BEFORE DELETE ON tile
BEGIN SELECT RAISE(ABORT, 'a tile is never deleted'); END;

CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root IS NOT OLD.root)
BEGIN SELECT RAISE(ABORT, 'a log never shrinks'); END;
CREATE TRIGGER head_never_goes BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'a log never shrinks'); END;

CREATE TRIGGER epoch_stays_published BEFORE UPDATE ON epoch
WHEN NEW.size IS NOT OLD.size OR NEW.published < OLD.published
BEGIN SELECT RAISE(ABORT, 'a published size stays published'); END;
CREATE TRIGGER epoch_never_goes BEFORE DELETE ON epoch
BEGIN SELECT RAISE(ABORT, 'a published size stays published'); END;

CREATE TRIGGER number_has_no_gap BEFORE UPDATE ON demand_number
WHEN NEW.scope IS NOT OLD.scope OR NEW.last IS NOT OLD.last + 1
BEGIN SELECT RAISE(ABORT, 'demand numbers have no gaps'); END;
CREATE TRIGGER number_starts_at_one BEFORE INSERT ON demand_number WHEN NEW.last IS NOT 1
BEGIN SELECT RAISE(ABORT, 'demand numbers have no gaps'); END;
CREATE TRIGGER number_never_goes BEFORE DELETE ON demand_number
BEGIN SELECT RAISE(ABORT, 'demand numbers have no gaps'); END;

CREATE TRIGGER matter_stays_erased BEFORE UPDATE ON matter
WHEN NEW.id IS NOT OLD.id OR NEW.wrapped_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a matter''s key is kept or destroyed'); END;
CREATE TRIGGER matter_never_goes BEFORE DELETE ON matter
BEGIN SELECT RAISE(ABORT, 'a matter''s key is kept or destroyed'); END;
CREATE TRIGGER payload_never_changes BEFORE UPDATE ON payload
BEGIN SELECT RAISE(ABORT, 'a payload is kept or destroyed'); END;
