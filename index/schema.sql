-- The library: everything that was read, and the vectors of its statements. FAISS and full-text files are built from it.
-- Offsets count code points from the start of a document's text; spans are half-open. Lists are JSON arrays.

CREATE TABLE library (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision INTEGER NOT NULL,          -- grows by one with every change
    state TEXT NOT NULL,                -- digest of all changes so far: equal only where the content is
    model_name TEXT,                    -- the model that made the vectors; NULL until the first document
    model_dimension INTEGER,
    model_revision TEXT
) STRICT;

INSERT INTO library (only_row, revision, state) VALUES (1, 0, '');

-- AUTOINCREMENT: a number is never used twice, so that what is held in memory under it can be trusted.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL UNIQUE,
    added TEXT NOT NULL,                -- ISO 8601, UTC
    publisher TEXT,
    official_number TEXT,
    title TEXT NOT NULL,
    countries TEXT NOT NULL,
    year INTEGER,
    round INTEGER,
    published TEXT,
    adopted TEXT,
    language TEXT NOT NULL,
    restates TEXT,
    kind TEXT,
    gaps TEXT NOT NULL DEFAULT '[]',
    identified_by TEXT NOT NULL,        -- JSON object
    page_labels TEXT NOT NULL,
    reader TEXT NOT NULL,
    reader_version INTEGER NOT NULL
) STRICT;

-- Apart from `documents`, so that listing documents reads no long rows.
CREATE TABLE contents (
    document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    text TEXT NOT NULL,
    source BLOB NOT NULL                -- the file's bytes, compressed with zlib
) STRICT;

-- Where the text stands on its pages: none for forms without pages, or read before this was kept.
CREATE TABLE places (
    document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    n_characters INTEGER NOT NULL,      -- letters and digits of the text
    n_placed INTEGER NOT NULL,          -- those that have a box
    packed BLOB NOT NULL                -- see ingest/places.py
) STRICT;

CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    part TEXT NOT NULL,
    section TEXT NOT NULL,
    articles TEXT NOT NULL,
    paragraph TEXT,
    countries TEXT NOT NULL,
    lead_in TEXT NOT NULL,
    about_trafficking INTEGER NOT NULL
) STRICT;

-- One row a text that was embedded, so that no text is embedded twice.
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,           -- of model and text
    vector BLOB NOT NULL                -- float32, little-endian, unit length
) STRICT;

CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    speakers TEXT NOT NULL,
    voice TEXT NOT NULL,
    reported_by TEXT,
    grade TEXT,
    countries TEXT NOT NULL,
    reference INTEGER NOT NULL,
    embedding INTEGER NOT NULL REFERENCES embeddings
) STRICT;

CREATE TABLE footnotes (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    anchor INTEGER
) STRICT;

CREATE TABLE page_runs (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    "start" INTEGER NOT NULL,
    page INTEGER NOT NULL
) STRICT;

CREATE INDEX passages_of_document ON passages (document);
CREATE INDEX statements_of_passage ON statements (passage);
CREATE INDEX statements_of_embedding ON statements (embedding);
CREATE INDEX footnotes_of_document ON footnotes (document);
CREATE INDEX page_runs_of_document ON page_runs (document);
