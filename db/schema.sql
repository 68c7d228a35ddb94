-- The schema, version 1: what the files in db/migrations make of an empty database. Made by tests, not by hand.

CREATE TABLE run ( -- one invocation of a stage
    run_id      INTEGER PRIMARY KEY,
    stage       TEXT NOT NULL,
    argv        TEXT NOT NULL,    -- command line as a JSON list, keys left out
    version     TEXT NOT NULL,    -- figmill's version
    host        TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER,          -- null: still running, or killed
    exit_status INTEGER,
    ready       INTEGER,          -- tasks ready when it began
    done        INTEGER,
    failed      INTEGER
) STRICT;

CREATE TABLE task ( -- the queue: one row an item and stage, kept for good
    task_id     INTEGER PRIMARY KEY,
    stage       TEXT NOT NULL,
    item        TEXT NOT NULL,    -- the stage's own key: a path (import), document_id, figure_id, a release name
    part        INTEGER NOT NULL, -- 0..65535, hash of the article's key: --partition I/N takes part % N = I - 1
    fingerprint TEXT NOT NULL,    -- of all that shapes the result; a new one makes the task ready again
    state       TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'done', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0, -- a retry waits until then
    owner       TEXT,             -- host/pid/start time of the worker while running
    err_kind    TEXT,             -- of the last failure: temporary format limit unsupported refused crash timeout ...
    err_text    TEXT,
    updated     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (stage, item)
) STRICT;

CREATE INDEX task_ready ON task (stage, not_before, task_id) WHERE state = 'ready';

CREATE INDEX task_running ON task (stage, owner) WHERE state = 'running';

CREATE INDEX task_failed ON task (stage) WHERE state = 'failed';

CREATE TABLE article ( -- one scholarly work; owned by import, fetch and search
    article_id  INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE, -- doi:..., pmcid:..., pmid:... or sha256:... of its first document
    doi         TEXT UNIQUE,
    pmcid       TEXT UNIQUE,
    pmid        TEXT UNIQUE,
    source      TEXT NOT NULL,    -- import, or the service it came from
    added       INTEGER NOT NULL,
    merged_into INTEGER REFERENCES article, -- the article that its documents went to, once both proved to be one work
    drop_reason TEXT,
    title_key   TEXT,             -- fingerprint of its folded title and year, for works without an identifier in common
    drop_note   TEXT              -- what drop_reason means in this case: the licence that stands in the way
) STRICT;

CREATE INDEX article_title ON article (title_key) WHERE title_key IS NOT NULL;

CREATE INDEX article_merged ON article (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE search ( -- one query of a topic profile at one source, and how far it has been read; owned by search
    search_id   INTEGER PRIMARY KEY,
    profile     TEXT NOT NULL,
    source      TEXT NOT NULL,    -- europepmc, openalex, ...
    name        TEXT NOT NULL,    -- of the query in the profile
    language    TEXT NOT NULL,    -- BCP 47; '': any
    since       TEXT NOT NULL,    -- dates of publication that it asks for, YYYY-MM-DD; '': open
    until       TEXT NOT NULL,
    added_since TEXT NOT NULL,    -- an increment: what the source has got or changed since that day; '': everything
    added_until TEXT NOT NULL,    -- up to the day on which it is asked, where the next one begins; '': no increment
    parent      INTEGER REFERENCES search, -- the one it is a part of, by date: that one has more hits than can be paged
    query       TEXT NOT NULL,    -- JSON of all else that shapes the request
    cursor      TEXT,             -- of the page to ask for next; null: the first
    hits        INTEGER,          -- as the source says; null: not asked yet, or it does not say
    pages       INTEGER NOT NULL DEFAULT 0,
    records     INTEGER NOT NULL DEFAULT 0, -- read so far, faults not counted
    faults      INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT,             -- null: not at its end; all, split (its parts have the records), limit, failed,
                                  -- replaced (a part of a query that is another one by now)
    updated     INTEGER NOT NULL,
    unmatched   INTEGER NOT NULL DEFAULT 0, -- records of a source that lists by date, which the terms do not match
    size        INTEGER NOT NULL DEFAULT 0, -- records a page, as cursors may count pages; 0: the source's own number
    restarts    INTEGER NOT NULL DEFAULT 0, -- how often it began again since its cursor had expired
    UNIQUE (profile, source, name, since, until, added_since, added_until)
) STRICT;

CREATE INDEX search_parent ON search (parent) WHERE parent IS NOT NULL;

CREATE TABLE record ( -- what one source says of one work; owned by search
    record_id   INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES article,
    source      TEXT NOT NULL,
    source_id   TEXT NOT NULL,    -- the work's key in that source
    doi         TEXT,             -- identifiers as clean as in table article; null: none stated
    pmcid       TEXT,
    pmid        TEXT,
    arxiv       TEXT,
    title       TEXT,
    language    TEXT,             -- BCP 47
    year        INTEGER,
    date        TEXT,
    journal     TEXT,
    type        TEXT,
    license     TEXT,             -- as stated
    license_url TEXT,
    open        INTEGER,          -- 1: open access, 0: not; null: it does not say
    retracted   INTEGER,
    files       TEXT NOT NULL,    -- JSON list of {url, kind, license, version}
    said        TEXT NOT NULL,    -- the record as the source gave it, JSON
    added       INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    UNIQUE (source, source_id)
) STRICT;

CREATE INDEX record_article ON record (article_id);

CREATE INDEX record_retracted ON record (article_id) WHERE retracted = 1;

CREATE TABLE hit ( -- which searches found which records; owned by search
    search_id   INTEGER NOT NULL REFERENCES search,
    record_id   INTEGER NOT NULL REFERENCES record,
    PRIMARY KEY (search_id, record_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX hit_record ON hit (record_id);

CREATE TABLE search_fault ( -- records that could not be read; owned by search
    search_id   INTEGER NOT NULL REFERENCES search,
    page        INTEGER NOT NULL,
    place       TEXT NOT NULL,    -- on the page
    text        TEXT NOT NULL,
    PRIMARY KEY (search_id, page, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE fetch ( -- a URL wanted for an article, and what came of it; owned by fetch
    fetch_id      INTEGER PRIMARY KEY,
    article_id    INTEGER NOT NULL REFERENCES article,
    route         TEXT NOT NULL,    -- lookup pmc europepmc xml pdf landing given
    role          TEXT NOT NULL,    -- versions metadata article pdf media page record given
    url           TEXT NOT NULL,    -- without keys
    name          TEXT,             -- of a file: what documents call it
    md5           TEXT,             -- that it must have; null: not known
    license       TEXT,             -- under which it is taken, as stated, and
    license_source TEXT,            -- who says so
    state         TEXT NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'done', 'failed', 'refused')),
    result        TEXT,             -- JSON: what a reply that is no file said, for what is asked next
    status        INTEGER,          -- HTTP, of the last answer
    final_url     TEXT,             -- after redirects
    media_type    TEXT,             -- by its bytes
    sha256        TEXT,             -- its bytes are the blob of that name
    bytes         INTEGER,
    etag          TEXT,
    last_modified TEXT,
    headers       TEXT,             -- JSON object: those of interest
    robots        TEXT,             -- the decision
    attempts      INTEGER NOT NULL DEFAULT 0,
    seconds       REAL,             -- of the last attempt
    fetched       INTEGER,          -- when these bytes came
    checked       INTEGER,          -- when the server last said that they are current
    err_kind      TEXT,
    err_text      TEXT,
    document_id   INTEGER REFERENCES document,
    UNIQUE (article_id, url)
) STRICT;

CREATE INDEX fetch_sha256 ON fetch (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE host ( -- what is known of a server; owned by search and fetch
    host          TEXT PRIMARY KEY,
    requests      INTEGER NOT NULL DEFAULT 0, -- on the wire, robots.txt, redirects and further attempts too
    done          INTEGER NOT NULL DEFAULT 0, -- answers by class: 2xx and 304
    redirects     INTEGER NOT NULL DEFAULT 0,
    refused       INTEGER NOT NULL DEFAULT 0, -- 4xx but 429
    throttled     INTEGER NOT NULL DEFAULT 0, -- 429 and 503
    broken        INTEGER NOT NULL DEFAULT 0, -- other 5xx
    lost          INTEGER NOT NULL DEFAULT 0, -- no answer, or half of one
    wrong         INTEGER NOT NULL DEFAULT 0, -- 2xx with other bytes than wanted
    bytes         INTEGER NOT NULL DEFAULT 0,
    busy_s        REAL NOT NULL DEFAULT 0,    -- seconds with at least one request under way
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    rate          REAL,             -- requests a second now allowed; 0: no limit
    concurrency   INTEGER,          -- and at once
    rate_source   TEXT,             -- table, option, headers, crawl-delay
    blocked_until INTEGER,
    blocked_why   TEXT,
    robots_status INTEGER,          -- of robots.txt; 0: no answer; null: not asked
    robots_until  INTEGER,          -- good until then
    robots_lost   INTEGER,          -- cannot be reached since then; null: it can
    robots        TEXT              -- its text, as far as it is read
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone ( -- a work that was taken down by `figmill purge`: never fetched or imported again
    key         TEXT PRIMARY KEY, -- doi:... pmcid:... pmid:... sha256:...
    reason      TEXT,
    added       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE document ( -- an article's file that the extract stage reads
    document_id INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES article,
    kind        TEXT NOT NULL CHECK (kind IN ('jats', 'html', 'pdf', 'xml')), -- by content; xml: not known as JATS
    media_type  TEXT NOT NULL,
    sha256      TEXT NOT NULL UNIQUE, -- its bytes are the blob of that name
    bytes       INTEGER NOT NULL,
    name        TEXT NOT NULL,    -- path as first imported; within an archive ARCHIVE!MEMBER
    source_url  TEXT,
    added       INTEGER NOT NULL
) STRICT;

CREATE INDEX document_article ON document (article_id);

CREATE INDEX document_name ON document (name);

CREATE TABLE asset ( -- a file beside the documents that they refer to by name: an image
    asset_id    INTEGER PRIMARY KEY,
    article_id  INTEGER NOT NULL REFERENCES article,
    name        TEXT NOT NULL,    -- path relative to the article's folder
    sha256      TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    UNIQUE (article_id, name)
) STRICT;

CREATE INDEX asset_sha256 ON asset (sha256);

CREATE TABLE input ( -- every file that import saw, and what became of it
    item        TEXT NOT NULL,    -- the import task it came with
    path        TEXT NOT NULL,
    outcome     TEXT NOT NULL     -- waiting: not looked at yet; known: a document whose bytes came in another file before
                CHECK (outcome IN ('waiting', 'document', 'asset', 'known', 'refused')),
    document_id INTEGER REFERENCES document,
    err_kind    TEXT,             -- refused: why
    err_text    TEXT,
    PRIMARY KEY (item, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX input_document ON input (document_id) WHERE document_id IS NOT NULL;

CREATE TABLE front ( -- front matter as one document states it; owned by extract
    document_id  INTEGER PRIMARY KEY REFERENCES document,
    doi          TEXT,
    pmcid        TEXT,
    pmid         TEXT,
    title        TEXT,
    language     TEXT,            -- BCP 47
    year         INTEGER,
    journal      TEXT,
    publisher    TEXT,
    article_type TEXT,
    license      TEXT,            -- CC-BY-4.0 and the like where recognised, else the text's start
    license_url  TEXT,
    abstract     TEXT,
    keywords     TEXT,            -- separated by "; "
    titles       TEXT,            -- the authors' translations of the title: JSON list of [language or null, text]
    pages        INTEGER,         -- PDF only
    retraction   TEXT,            -- what says that the article is retracted, or is the notice of it; null: nothing
    warnings     TEXT             -- JSON list: what the parser cut, skipped or guessed
) STRICT;

CREATE INDEX front_retraction ON front (document_id) WHERE retraction IS NOT NULL;

CREATE TABLE figure ( -- owned by extract
    figure_id       INTEGER PRIMARY KEY,
    document_id     INTEGER NOT NULL REFERENCES document,
    anchor          TEXT NOT NULL,    -- its name within the document, stable over re-runs
    ordinal         INTEGER NOT NULL, -- order in the document, from 0
    origin          TEXT NOT NULL CHECK (origin IN ('jats', 'pdf', 'html')),
    label           TEXT,             -- as printed
    number          TEXT,             -- canonical number of the label: 1, S2, A1
    kind            TEXT NOT NULL,    -- figure table scheme chart plate photo map video supplement abstract unlabelled ...
    page            INTEGER,          -- 1-based
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, -- PDF points, origin top left, without the caption
    confidence      REAL NOT NULL,    -- 0..1 that caption and region belong together
    parent          TEXT,             -- anchor of the figure group it belongs to
    credit          TEXT,             -- permission or attribution printed with it
    image_sha256    TEXT,             -- picture that trainers can read (JPEG or PNG, 8-bit RGB or grey); null: none
    image_media_type TEXT,
    width           INTEGER,          -- pixels
    height          INTEGER,
    original_sha256 TEXT,             -- the publisher's file it was made from, where that is another one
    original_media_type TEXT,
    image_note      TEXT,             -- why there is no picture, where one was named
    notes           TEXT,             -- what stands below a table
    content_hash    TEXT NOT NULL,    -- of label, captions, mentions: what later stages depend on
    drop_reason     TEXT,             -- of the parser's; the gates' are in v_figure
    third_party     TEXT,             -- what caption or credit say of others' rights: permission, copyright, adapted,
                                      -- open (under an open licence of its own); null: nothing
    UNIQUE (document_id, anchor)
) STRICT;

CREATE INDEX figure_image ON figure (image_sha256);

CREATE INDEX figure_original ON figure (original_sha256) WHERE original_sha256 IS NOT NULL;

CREATE TABLE picture ( -- what was measured of the pictures that figures show; owned by extract
    image_sha256     TEXT PRIMARY KEY,
    width            INTEGER NOT NULL, -- pixels
    height           INTEGER NOT NULL,
    bytes            INTEGER NOT NULL, -- of the file
    phash            TEXT NOT NULL,    -- perceptual hash: 64 hex digits, near where few bits differ
    class            TEXT NOT NULL,    -- by its pixels: photo chart diagram table formula logo
    class_confidence REAL NOT NULL,    -- 0..1
    white            REAL NOT NULL,    -- shares of its pixels, 0..1: white paper,
    dominant         REAL NOT NULL,    --   the most frequent colour,
    grey             REAL NOT NULL,    --   without colour,
    vivid            REAL NOT NULL,    --   of strong colour,
    dark             REAL NOT NULL,    --   nearly black,
    flat             REAL NOT NULL,    --   like their neighbours,
    edges            REAL NOT NULL,    --   at an edge
    entropy          REAL NOT NULL,    -- of the luminance, bits, 0..6
    colourfulness    REAL NOT NULL,    -- Hasler and Suesstrunk 2003
    colours          INTEGER NOT NULL, -- different ones, at 4 bits a sample
    line_rows        INTEGER NOT NULL, -- straight lines across, over a quarter of the width
    line_columns     INTEGER NOT NULL, -- and down, over a quarter of the height
    corners          INTEGER NOT NULL, -- lines down on the left end of one across: axes, frames
    bands            INTEGER NOT NULL, -- of ink, one below the other, with nothing between them
    text             REAL NOT NULL,    -- share of the height in bands that are as high as letters
    near             TEXT,             -- the least image_sha256 of the pictures near this one; null: not looked for yet
    n_articles       INTEGER NOT NULL DEFAULT 1 -- that show it or one near it
) STRICT, WITHOUT ROWID;

CREATE INDEX picture_near ON picture (near);

CREATE TABLE gate ( -- one row: the thresholds by which v_figure drops figures; `figmill extract --min-side 100` sets one
    gate_id      INTEGER PRIMARY KEY CHECK (gate_id = 1),
    min_side     INTEGER NOT NULL DEFAULT 64,   -- pixels: a smaller picture is dropped as small
    min_bytes    INTEGER NOT NULL DEFAULT 1500, -- few_bytes
    max_aspect   REAL NOT NULL DEFAULT 10,      -- longer side by shorter one: aspect
    max_blank    REAL NOT NULL DEFAULT 0.998,   -- share of one colour: blank
    max_articles INTEGER NOT NULL DEFAULT 2,    -- that show the picture, or one near it: repeated
    near_bits    INTEGER NOT NULL DEFAULT 12,   -- of the hash that may differ between pictures that are near
    drop_class   TEXT NOT NULL DEFAULT 'formula,logo', -- where the figure has no number
    drop_credit  TEXT NOT NULL DEFAULT 'permission,copyright' -- kinds of figure.third_party: third_party
) STRICT;

CREATE TABLE figure_match ( -- which figures of an article's documents are one; owned by extract
    figure_id  INTEGER PRIMARY KEY REFERENCES figure ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article, -- when the row was made; another one now: it is to be made anew
    truth_id   INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE, -- the figure in use for it; itself: it is that one
    image_id   INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE, -- whose picture is used for it: the best of all
    matched_by TEXT CHECK (matched_by IN ('number', 'caption', 'image', 'only', 'repeat')), -- null: it is the truth
    caption_agreement REAL,       -- 0..1, F1 of the words with the truth's caption; null: not both have one
    image_agreement   REAL        -- 0..1, of the pictures' perceptual hashes; null: not both have one
) STRICT;

CREATE INDEX figure_match_truth ON figure_match (truth_id);

CREATE TABLE caption ( -- owned by extract; ordinal 0 is the document's own, others are the authors' translations
    caption_id INTEGER PRIMARY KEY,
    figure_id  INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    language   TEXT,                  -- as the document states it; null: it does not
    text       TEXT NOT NULL,
    UNIQUE (figure_id, ordinal)
) STRICT;

CREATE TABLE panel ( -- parts of a compound figure; owned by extract
    panel_id  INTEGER PRIMARY KEY,
    figure_id INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    ordinal   INTEGER NOT NULL,
    label     TEXT,                -- without brackets: A, b, left; null: not found any more
    caption   TEXT,                -- what the caption says of all panels, and of this one
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, -- pixels of the figure's picture; null: not known
    confidence REAL NOT NULL DEFAULT 1, -- 0..1 that label, caption and box belong together
    method    TEXT,                -- how the box was found: letters images bands edges; null: no box
    UNIQUE (figure_id, ordinal)
) STRICT;

CREATE TABLE table_cell ( -- cells with text of a table whose structure is known; owned by extract
    figure_id INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    row       INTEGER NOT NULL,       -- of its top left corner, from 0
    col       INTEGER NOT NULL,
    rowspan   INTEGER NOT NULL,       -- rows and columns that it takes, at least 1
    colspan   INTEGER NOT NULL,
    header    INTEGER NOT NULL,       -- 1: in a heading row, or marked as a heading
    text      TEXT NOT NULL,
    PRIMARY KEY (figure_id, row, col)
) STRICT, WITHOUT ROWID;

CREATE TABLE mention ( -- sentences of the body that cite the figure; owned by extract
    figure_id INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    ordinal   INTEGER NOT NULL,
    language  TEXT,
    text      TEXT NOT NULL,
    PRIMARY KEY (figure_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_call ( -- every request to a model and its reply, for replay and lineage
    model_call_id     INTEGER PRIMARY KEY,
    request_sha256    TEXT NOT NULL, -- of the request's text
    stage             TEXT NOT NULL,
    item              TEXT NOT NULL, -- of the task that asked first; '': none
    model             TEXT NOT NULL,
    server            TEXT NOT NULL, -- what the server says of its build
    request           TEXT NOT NULL, -- JSON as sent
    reply             TEXT,          -- JSON as received
    http_status       INTEGER NOT NULL, -- 0: no answer
    finish_reason     TEXT,
    prompt_tokens     INTEGER,
    completion_tokens INTEGER,
    seconds           REAL NOT NULL,
    created           INTEGER NOT NULL,
    err_kind          TEXT,          -- null: a reply that may be replayed
    err_text          TEXT
) STRICT;

CREATE UNIQUE INDEX model_call_replay ON model_call (request_sha256) WHERE err_kind IS NULL;

CREATE INDEX model_call_failed ON model_call (request_sha256) WHERE err_kind IS NOT NULL;

CREATE INDEX model_call_stage ON model_call (stage, item);

CREATE TABLE translation ( -- every text in the target language, beside its source; owned by translate
    translation_id  INTEGER PRIMARY KEY,
    figure_id       INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    panel_id        INTEGER REFERENCES panel ON DELETE CASCADE,
    field           TEXT NOT NULL,   -- caption, mention, title
    ordinal         INTEGER NOT NULL, -- of the mention; 0 else
    source_language TEXT NOT NULL,   -- BCP 47, or und
    language_source TEXT NOT NULL,   -- who says so: document, script, detector, article
    language_confidence REAL NOT NULL,
    target_language TEXT NOT NULL,
    source_text     TEXT NOT NULL,
    text            TEXT,            -- null: no usable translation
    method          TEXT NOT NULL,   -- identity author model libretranslate apertium none
    model           TEXT,            -- what did it: the model's name, apertium-eng-spa 0.8.0; null: nothing did
    model_call_id   INTEGER REFERENCES model_call,
    checks          TEXT NOT NULL,   -- JSON object: name -> "pass" or what failed
    drop_reason     TEXT
) STRICT;

CREATE UNIQUE INDEX translation_key ON translation (figure_id, coalesce(panel_id, 0), field, ordinal, target_language);

CREATE TABLE translation_memory ( -- what a translator answered, so that no text is sent to it twice; owned by translate
    memory_key      TEXT PRIMARY KEY, -- SHA-256 of source (folded), both languages, method, model and settings
    generation      INTEGER NOT NULL, -- counts up with each --refresh; part of the settings
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source_text     TEXT NOT NULL,
    text            TEXT,            -- null: it gave none
    method          TEXT NOT NULL,   -- model libretranslate apertium
    model           TEXT NOT NULL,
    attempts        INTEGER NOT NULL, -- how often it was asked
    failure         TEXT,            -- why there is no text
    back_translation REAL,           -- 0..1, chrF with the source; null: not made
    model_call_id   INTEGER REFERENCES model_call,
    article_id      INTEGER NOT NULL REFERENCES article -- that asked first
) STRICT, WITHOUT ROWID;

CREATE INDEX translation_memory_article ON translation_memory (article_id);

CREATE TABLE pair ( -- every question-answer candidate, kept or dropped; owned by generate (score: judge)
    pair_id       INTEGER PRIMARY KEY,
    figure_id     INTEGER NOT NULL REFERENCES figure ON DELETE CASCADE,
    panel_id      INTEGER REFERENCES panel ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('alignment', 'detailed_description', 'complex_reasoning', 'conversation',
                                                'multiple_choice')),
    ordinal       INTEGER NOT NULL,
    language      TEXT NOT NULL,
    turns         TEXT NOT NULL,    -- JSON list of {from, value}; from is human or gpt; [] where nothing usable came
    model         TEXT,             -- null: made without one
    prompt        TEXT NOT NULL,    -- name of the prompt or instruction list
    prompt_hash   TEXT NOT NULL,
    model_call_id INTEGER REFERENCES model_call,
    checks        TEXT NOT NULL,    -- JSON object: name -> "pass" or what failed
    score         REAL,
    drop_reason   TEXT              -- null: kept; else the first check that failed
) STRICT;

CREATE UNIQUE INDEX pair_key ON pair (figure_id, coalesce(panel_id, 0), kind, ordinal, language);

CREATE TABLE article_split ( -- owned by shard: an article's pairs stay in one split
    article_id INTEGER PRIMARY KEY REFERENCES article,
    split      TEXT NOT NULL CHECK (split IN ('train', 'eval'))
) STRICT;

CREATE TABLE release ( -- owned by shard: one output folder
    release_id      INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    path            TEXT NOT NULL,
    options         TEXT NOT NULL, -- JSON
    samples         INTEGER NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    created         INTEGER NOT NULL
) STRICT;

CREATE TABLE shard ( -- owned by shard: files of a release
    shard_id   INTEGER PRIMARY KEY,
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    name       TEXT NOT NULL,
    format     TEXT NOT NULL,
    split      TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    samples    INTEGER NOT NULL,
    UNIQUE (release_id, name)
) STRICT;

CREATE TABLE sample ( -- owned by shard: which pair went out under which key
    release_id INTEGER NOT NULL REFERENCES release ON DELETE CASCADE,
    pair_id    INTEGER NOT NULL REFERENCES pair,
    key        TEXT NOT NULL,
    split      TEXT NOT NULL,
    shard      TEXT,              -- name of the tar that holds it; null: the release has none
    PRIMARY KEY (release_id, pair_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sample_pair ON sample (pair_id);

CREATE INDEX sample_key ON sample (key);

CREATE VIEW article_front AS -- internal: the best front matter of each article (JATS before HTML before other XML before PDF)
SELECT article_id, document_id, doi, pmcid, pmid, title, language, year, journal, publisher, article_type, license,
       license_url, abstract, keywords, titles FROM (
    SELECT d.article_id, f.*, row_number() OVER (PARTITION BY d.article_id ORDER BY
               CASE d.kind WHEN 'jats' THEN 0 WHEN 'html' THEN 1 WHEN 'xml' THEN 2 ELSE 3 END, d.sha256) AS rank
    FROM document d JOIN front f USING (document_id))
WHERE rank = 1;

CREATE VIEW v_document AS
SELECT document_id, article_id, media_type, sha256, bytes, source_url,
       'blobs/' || substr(sha256, 1, 2) || '/' || substr(sha256, 3) AS blob_path, kind, name
FROM document;

CREATE VIEW article_retracted AS -- internal: articles of which a document or a source says that they are retracted
SELECT d.article_id FROM front r JOIN document d USING (document_id) WHERE r.retraction IS NOT NULL
UNION SELECT article_id FROM record WHERE retracted = 1;

CREATE VIEW figure_gate AS -- internal: the first gate that keeps a figure back; null: none
SELECT f.figure_id, CASE
       WHEN d.article_id IN (SELECT article_id FROM article_retracted) THEN 'retracted'
       WHEN f.drop_reason IS NOT NULL THEN f.drop_reason
       WHEN instr(',' || g.drop_credit || ',', ',' || f.third_party || ',') THEN 'third_party'
       WHEN f.kind = 'table' THEN NULL -- of a table the words are used, whatever its picture is like
       WHEN min(p.width, p.height) < g.min_side THEN 'small'
       WHEN p.bytes < g.min_bytes THEN 'few_bytes'
       WHEN max(p.width, p.height) > g.max_aspect * min(p.width, p.height) THEN 'aspect'
       WHEN p.dominant >= g.max_blank THEN 'blank'
       WHEN p.n_articles > g.max_articles THEN 'repeated'
       -- A printed number says more of what a figure is than its pixels do.
       WHEN f.number IS NULL AND instr(',' || g.drop_class || ',', ',' || p.class || ',') THEN p.class
       -- The same picture twice in a document: the first that has a caption is kept, else the first.
       WHEN p.near IS NOT NULL AND EXISTS (
           SELECT 1 FROM picture p2 JOIN figure f2 ON f2.image_sha256 = p2.image_sha256
           WHERE p2.near = p.near AND f2.document_id = f.document_id AND f2.figure_id <> f.figure_id
             AND f2.kind <> 'table' AND f2.drop_reason IS NULL
             AND (NOT EXISTS (SELECT 1 FROM caption c2 WHERE c2.figure_id = f2.figure_id), f2.ordinal)
               < (NOT EXISTS (SELECT 1 FROM caption c WHERE c.figure_id = f.figure_id), f.ordinal))
           THEN 'duplicate' END AS drop_reason
FROM figure f
JOIN document d USING (document_id)
CROSS JOIN gate g
LEFT JOIN figure_match m ON m.figure_id = f.figure_id
JOIN figure i ON i.figure_id = coalesce(m.image_id, f.figure_id) -- what counts is the picture that it takes
LEFT JOIN picture p ON p.image_sha256 = i.image_sha256;

CREATE VIEW figure_use AS -- internal: whether a figure goes further down the line, and whose picture it takes there
SELECT f.figure_id, d.article_id,
       coalesce(fg.drop_reason, CASE WHEN m.truth_id <> f.figure_id THEN
           iif(t.origin = 'pdf', 'same_as_pdf', 'same_as_xml') END) AS drop_reason,
       coalesce(m.image_id, f.figure_id) AS image_id
FROM figure f
JOIN document d USING (document_id)
JOIN figure_gate fg USING (figure_id)
LEFT JOIN figure_match m USING (figure_id)
LEFT JOIN figure t ON t.figure_id = m.truth_id;

CREATE VIEW v_figure AS
SELECT f.figure_id, d.article_id, f.origin, f.label, f.kind, c.text AS caption,
       coalesce(t.source_language, c.language, af.language) AS caption_language, f.page, f.x0, f.y0, f.x1, f.y1,
       'blobs/' || substr(i.image_sha256, 1, 2) || '/' || substr(i.image_sha256, 3) AS image_path,
       i.image_media_type, i.width, i.height, u.drop_reason,
       f.document_id, f.anchor, f.number, min(f.confidence, i.confidence) AS confidence, i.image_sha256, i.image_note,
       f.notes, f.third_party, u.image_id
FROM figure f
JOIN document d USING (document_id)
JOIN figure_use u USING (figure_id)
JOIN figure i ON i.figure_id = u.image_id
LEFT JOIN caption c ON c.figure_id = f.figure_id AND c.ordinal = 0
LEFT JOIN translation t ON t.figure_id = f.figure_id AND coalesce(t.panel_id, 0) = 0 AND t.field = 'caption'
      AND t.ordinal = 0 AND t.target_language = 'en'
LEFT JOIN article_front af ON af.article_id = d.article_id;

CREATE VIEW v_article AS
SELECT a.article_id, coalesce(a.doi, f.doi) AS doi, coalesce(a.pmcid, f.pmcid) AS pmcid, coalesce(a.pmid, f.pmid) AS pmid,
       -- What its document says; without one, what the sources say, the first of them first.
       coalesce(f.title, (SELECT r.title FROM record r WHERE r.article_id = a.article_id AND r.title IS NOT NULL
                          ORDER BY r.record_id LIMIT 1)) AS title,
       coalesce(f.language, (SELECT r.language FROM record r WHERE r.article_id = a.article_id AND r.language IS NOT NULL
                             ORDER BY r.record_id LIMIT 1)) AS language,
       coalesce(f.year, (SELECT r.year FROM record r WHERE r.article_id = a.article_id AND r.year IS NOT NULL
                         ORDER BY r.record_id LIMIT 1)) AS year,
       coalesce(f.journal, (SELECT r.journal FROM record r WHERE r.article_id = a.article_id AND r.journal IS NOT NULL
                            ORDER BY r.record_id LIMIT 1)) AS journal,
       f.license, f.license_url, a.source,
       (SELECT count(*) FROM document d WHERE d.article_id = a.article_id) AS n_documents,
       (SELECT count(*) FROM figure_use u WHERE u.article_id = a.article_id AND u.drop_reason IS NULL) AS n_figures,
       s.split, CASE WHEN a.merged_into IS NOT NULL THEN 'merged'
                     WHEN a.article_id IN (SELECT article_id FROM article_retracted) THEN 'retracted'
                     ELSE a.drop_reason END AS drop_reason, a.key, a.drop_note
FROM article a
LEFT JOIN article_front f USING (article_id)
LEFT JOIN article_split s USING (article_id);

CREATE VIEW v_search AS -- hits is of the whole query; records of a split search are its parts'
SELECT search_id, profile, source, name, language, since, until, hits, pages, records, faults, outcome, added_since,
       added_until, parent, unmatched, restarts, query, cursor, updated
FROM search;

CREATE VIEW v_record AS
SELECT record_id, article_id, source, source_id, doi, pmcid, pmid, arxiv, title, language, year, date, journal, type, license,
       license_url, open, retracted, files, said,
       (SELECT count(*) FROM hit h WHERE h.record_id = r.record_id) AS n_searches
FROM record r;

CREATE VIEW v_search_fault AS
SELECT f.search_id, s.source, s.name, f.page, f.place, f.text FROM search_fault f JOIN search s USING (search_id);

CREATE VIEW v_fetch AS
SELECT fetch_id, article_id, route, role, state, status, url, final_url, media_type, sha256, bytes, license, license_source,
       fetched, checked, attempts, seconds, robots, err_kind, err_text, name, document_id
FROM fetch;

CREATE VIEW v_picture AS
SELECT image_sha256, width, height, bytes, phash, class, class_confidence, white, dominant, grey, vivid, dark, flat, edges,
       entropy, colourfulness, colours, line_rows, line_columns, corners, bands, text, near, n_articles
FROM picture;

CREATE VIEW v_gate AS
SELECT min_side, min_bytes, max_aspect, max_blank, max_articles, near_bits, drop_class, drop_credit FROM gate;

CREATE VIEW v_panel AS -- boxes are of the picture that the figure takes, which may be another document's
SELECT p.panel_id, p.figure_id, p.label, p.caption, b.x0, b.y0, b.x1, b.y1, coalesce(b.confidence, p.confidence) AS confidence,
       b.method
FROM panel p
JOIN figure_use u USING (figure_id)
LEFT JOIN panel b ON b.figure_id = u.image_id AND b.label = p.label
WHERE p.label IS NOT NULL;

CREATE VIEW v_table_cell AS
SELECT figure_id, row, col, rowspan, colspan, header, text FROM table_cell;

CREATE VIEW v_mention AS
SELECT figure_id, ordinal, text, language FROM mention;

CREATE VIEW v_translation AS
SELECT figure_id, panel_id, field, source_language, target_language, source_text, text, method, model, checks, drop_reason,
       ordinal, language_source, language_confidence
FROM translation;

CREATE VIEW v_pair AS
SELECT p.pair_id, p.figure_id, p.panel_id, p.kind, p.turns, p.language, p.model, p.prompt_hash, p.checks, p.score, s.split,
       coalesce(p.drop_reason, CASE WHEN u.drop_reason IS NOT NULL THEN 'figure' END) AS drop_reason, u.article_id, p.prompt
FROM pair p
JOIN figure_use u USING (figure_id)
LEFT JOIN article_split s ON s.article_id = u.article_id;

CREATE VIEW v_failure AS
SELECT stage, item, err_kind, err_text, attempts FROM task WHERE state = 'failed'
UNION ALL
-- A file that import refused out of a folder or an archive whose rest went in; a task that failed whole stands above.
SELECT 'import', i.path, i.err_kind, i.err_text, 1 FROM input i
LEFT JOIN task t ON t.stage = 'import' AND t.item = i.item
WHERE i.outcome = 'refused' AND t.state IS NOT 'failed';

CREATE VIEW v_funnel AS
SELECT 'records found' AS step, n FROM (SELECT count(*) AS n FROM record) WHERE n > 0
UNION ALL SELECT 'records found: ' || source, count(*) FROM record GROUP BY source
UNION ALL SELECT 'articles found', n FROM (SELECT count(DISTINCT article_id) AS n FROM record) WHERE n > 0
UNION ALL SELECT 'articles' AS step, (SELECT count(*) FROM article WHERE merged_into IS NULL) AS n
UNION ALL SELECT 'articles dropped: ' || drop_reason, count(*) FROM v_article
          WHERE drop_reason IS NOT NULL AND drop_reason <> 'merged' GROUP BY drop_reason
UNION ALL SELECT 'documents', (SELECT count(*) FROM document)
UNION ALL SELECT 'documents failed', (SELECT count(*) FROM task WHERE stage = 'extract' AND state = 'failed')
UNION ALL SELECT 'figures', (SELECT count(*) FROM v_figure WHERE drop_reason IS NULL)
UNION ALL SELECT 'figures dropped: ' || drop_reason, count(*) FROM v_figure WHERE drop_reason IS NOT NULL GROUP BY drop_reason
UNION ALL SELECT 'figures with a picture', (SELECT count(*) FROM v_figure WHERE drop_reason IS NULL AND image_path IS NOT NULL)
UNION ALL SELECT 'captions', (SELECT count(*) FROM caption)
UNION ALL SELECT 'captions in English', (SELECT count(*) FROM translation WHERE field = 'caption' AND drop_reason IS NULL
                                         AND target_language = 'en')
UNION ALL SELECT 'captions translated by ' || method, count(*) FROM translation
          WHERE field = 'caption' AND drop_reason IS NULL AND method <> 'identity' GROUP BY method
UNION ALL SELECT 'captions dropped: ' || drop_reason, count(*) FROM translation
          WHERE field = 'caption' AND drop_reason IS NOT NULL GROUP BY drop_reason
UNION ALL SELECT 'pairs', (SELECT count(*) FROM pair)
UNION ALL SELECT 'pairs: ' || kind, count(*) FROM v_pair GROUP BY kind
UNION ALL SELECT 'pairs kept', (SELECT count(*) FROM v_pair WHERE drop_reason IS NULL)
UNION ALL SELECT 'pairs kept: ' || kind, count(*) FROM v_pair WHERE drop_reason IS NULL GROUP BY kind
UNION ALL SELECT 'pairs dropped: ' || drop_reason, count(*) FROM v_pair WHERE drop_reason IS NOT NULL GROUP BY drop_reason
UNION ALL SELECT 'samples in release ' || r.name, r.samples FROM release r
UNION ALL SELECT 'shards in release ' || r.name, (SELECT count(*) FROM shard s WHERE s.release_id = r.release_id) FROM release r;
