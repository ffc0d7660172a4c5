-- Briefings: what people collected. They belong to no state of the documents: removing or reading a document again
-- leaves them as they are, and changing them leaves `library.revision` as it is.

CREATE TABLE briefings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,              -- ISO 8601, UTC, as is the next
    changed TEXT NOT NULL
) STRICT;

-- AUTOINCREMENT: another window may still show an item under its number.
CREATE TABLE briefing_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    briefing INTEGER NOT NULL REFERENCES briefings ON DELETE CASCADE,
    position INTEGER NOT NULL,          -- orders the items of a briefing, dropped ones among them
    kind TEXT NOT NULL CHECK (kind IN ('heading', 'note', 'quote')),
    level INTEGER NOT NULL,             -- of a heading; 0 for the others
    content TEXT NOT NULL,              -- the text of a heading or note; JSON with all that is kept of a quote
    place TEXT,                         -- of a quote, "document_id:start:end" where it was collected
    added TEXT NOT NULL,
    dropped TEXT                        -- when it was taken out; NULL while it is in
) STRICT;

CREATE INDEX items_of_briefing ON briefing_items (briefing, position);
