"""Statements that are not of the language, one a line: each must be refused with a reason."""

# Those that would change something.
WRITES = r"""
INSERT INTO coins VALUES (1)
UPDATE coins SET title = 'x'
DELETE FROM coins
DROP TABLE coin_type
TRUNCATE coins
ALTER TABLE design ADD x int
CREATE TABLE x (y int)
CREATE INDEX i ON coins (title)
REPLACE INTO coins VALUES (1)
MERGE INTO coins USING x ON 1
VACUUM
REINDEX
GRANT ALL ON coins TO x
CREATE TABLE x AS SELECT * FROM coins
SELECT * INTO x FROM coins
SELECT title FROM coins RETURNING 1
SELECT title FROM coins; DROP TABLE coin_type
SELECT 1;;
;
SELECT title FROM coins; --
SELECT title FROM coins;DELETE FROM coins;
SELECT title FROM coins WHERE title = 'x'; COMMIT
WITH d AS (DELETE FROM coins RETURNING *) SELECT * FROM d
WITH x AS (UPDATE coins SET title = '') SELECT 1
INSERT INTO coins SELECT * FROM coins
COPY coins TO '/tmp/x'
COPY (SELECT 1) TO PROGRAM 'id'
COPY coins FROM PROGRAM 'id'
DO $$ BEGIN END $$
CALL x()
EXECUTE x
PREPARE x AS SELECT 1
LISTEN x
NOTIFY x
LOCK TABLE coins
SET search_path = x
RESET ALL
BEGIN
COMMIT
ROLLBACK
SAVEPOINT x
RELEASE x
ANALYZE
EXPLAIN DELETE FROM coins
EXPLAIN EXPLAIN SELECT title FROM coins
EXPLAIN ANALYZE DELETE FROM coins
EXPLAIN
EXPLAIN ;
LOAD 'x'
SHOW ALL
USE x
VALUES (1)
"""
# Those that would read something else than `coins`, or call what is not there.
REACHES = r"""
PRAGMA table_info(coins)
PRAGMA writable_schema = 1
ATTACH 'x.db' AS x
ATTACH DATABASE ':memory:' AS x
DETACH main
SELECT * FROM sqlite_master
SELECT name FROM main.sqlite_master
SELECT * FROM coin_type
SELECT * FROM embedding
SELECT * FROM public.coins
SELECT * FROM main.coins
SELECT * FROM a.b.coins
SELECT * FROM information_schema.tables
SELECT * FROM pg_catalog.pg_user
SELECT * FROM "sqlite_master"
SELECT * FROM pragma_table_info('coin_type')
SELECT * FROM json_each('[1]')
SELECT * FROM 'coins'
SELECT * FROM generate_series(1, 1000000000)
SELECT * FROM coins, coins
SELECT * FROM coins a, coins b
SELECT * FROM coins CROSS JOIN coins
SELECT * FROM coins JOIN coins ON 1 = 1
SELECT * FROM (coins)
SELECT * FROM coins NATURAL JOIN coin_type
SELECT * FROM coins LEFT JOIN design ON 1 = 1
SELECT title FROM coins UNION SELECT name FROM sqlite_master
SELECT 1 UNION ALL SELECT 2
SELECT title FROM coins EXCEPT SELECT title FROM coins
SELECT title FROM coins INTERSECT SELECT 'x'
SELECT (SELECT sql FROM sqlite_master) FROM coins
SELECT * FROM (SELECT * FROM coins)
SELECT title FROM coins WHERE EXISTS (SELECT 1)
SELECT title FROM coins WHERE title IN (SELECT 'x')
SELECT title FROM coins WHERE title = (SELECT 'x')
SELECT title FROM coins ORDER BY (SELECT 1)
WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT * FROM r
WITH x AS (SELECT 1) SELECT * FROM x
SELECT * FROM LATERAL (SELECT 1)
TABLE coins
SELECT * FROM ONLY coins
SELECT * FROM coins TABLESAMPLE (1)
SELECT pg_sleep(9)
SELECT pg_sleep(9) FROM coins
SELECT load_extension('x') FROM coins
SELECT readfile('/etc/passwd') FROM coins
SELECT writefile('x', 'y') FROM coins
SELECT fts3_tokenizer('x') FROM coins
SELECT pg_read_file('/etc/passwd') FROM coins
SELECT lo_import('/etc/passwd') FROM coins
SELECT dblink('x') FROM coins
SELECT current_setting('x') FROM coins
SELECT set_config('a', 'b', true) FROM coins
SELECT version() FROM coins
SELECT sqlite_version() FROM coins
SELECT randomblob(1000000000) FROM coins
SELECT zeroblob(1000000000) FROM coins
SELECT repeat('x', 1000000000) FROM coins
SELECT printf('%s', 'x') FROM coins
SELECT hex(title) FROM coins
SELECT coinvec_like(title, 'x', '', 0) FROM coins
SELECT json_each(title) FROM coins
SELECT eval('1') FROM coins
SELECT title.x() FROM coins
SELECT pg_catalog.pg_sleep(9) FROM coins
SELECT "pg_sleep"(9) FROM coins
SELECT current_user FROM coins
SELECT session_user
SELECT rowid FROM coins
SELECT oid FROM coins
SELECT ctid, xmin FROM coins
SELECT id FROM coins
SELECT image_id FROM coins
SELECT embedding FROM coins
SELECT $1 FROM coins
SELECT ? FROM coins
SELECT @@version FROM coins
SELECT :p FROM coins
SELECT :p::int FROM coins
SELECT ${x} FROM coins
SELECT {{x}} FROM coins
SELECT %s FROM coins
SELECT {fn x()} FROM coins
"""
# Those that are misspelt, misplaced or meaningless.
SPELLING = r"""
SELECT title FROM coins -- x
SELECT title /* x */ FROM coins
SELECT title FROM coins # x
/* x */ SELECT 1
SELECT/**/title FROM coins
SELECT title FROM coins {# x #}
SELECT title FROM coins /*! DROP TABLE x */
SEL ECT title FROM coins
ＳＥＬＥＣＴ title FROM coins
ЅELECT title FROM coins
SELECT title FRОM coins
SELECT title FROM сoins
SELECT tіtle FROM coins
SELECT title FROM coins WHERE title = ‘x’
SELECT title FROM coins WHERE title = 'x
SELECT "title FROM coins
SELECT title` FROM coins
SELECT title FROM coins WHERE title = E'\x'
SELECT title FROM coins WHERE title = $$x$$
SELECT title FROM coins WHERE title = X'00'
SELECT title FROM coins WHERE title = U&'x'
SELECT N'x' FROM coins
SELECT title FROM coins WHERE (title = 'x'
SELECT title FROM coins WHERE title = 'x')
SELECT ((title FROM coins
SELECT title, FROM coins
SELECT , title FROM coins
SELECT title title title FROM coins
SELECT FROM coins
SELECT
SELECT title
SELECT *
FROM coins
coins
SELECT title FROM
SELECT title FROM coins coins coins
SELECT title FROM coins WHERE
SELECT title FROM coins WHERE title
SELECT title FROM coins WHERE title =
SELECT title FROM coins GROUP BY
SELECT title FROM coins ORDER BY
SELECT title FROM coins LIMIT
SELECT title FROM coins LIMIT -1
SELECT title FROM coins LIMIT 1.5
SELECT title FROM coins LIMIT 'x'
SELECT title FROM coins LIMIT title
SELECT title FROM coins LIMIT NULL
SELECT title FROM coins LIMIT TRUE
SELECT title FROM coins LIMIT 99999999999
SELECT title FROM coins LIMIT 1, 2
SELECT title FROM coins LIMIT ALL
SELECT title FROM coins OFFSET -1
SELECT title FROM coins FETCH FIRST 1 ROWS ONLY
SELECT TOP 1 title FROM coins
SELECT title FROM coins FOR UPDATE
SELECT title FROM coins WHERE title COLLATE nocase = 'x'
SELECT CAST(title AS int) FROM coins
SELECT title::int FROM coins
SELECT title FROM coins WHERE title REGEXP 'x'
SELECT title FROM coins WHERE title SIMILAR TO 'x'
SELECT title ~ 'x' FROM coins
SELECT title FROM coins WHERE title GLOB 'x'
SELECT title FROM coins WHERE title MATCH 'x'
SELECT title <=> 'x' FROM coins
SELECT rank() OVER () FROM coins
SELECT sum(value) FILTER (WHERE 1 = 1) FROM coins
SELECT sum(value) OVER w FROM coins
SELECT DISTINCT ON (title) title FROM coins
SELECT ALL title FROM coins
SELECT * EXCEPT (title) FROM coins
SELECT title FROM coins GROUP BY title WITH ROLLUP
SELECT title FROM coins GROUP BY CUBE (title)
SELECT title FROM coins HAVING title = 'x'
SELECT title FROM coins GROUP BY country
SELECT count(*), title FROM coins
SELECT sum(count(*)) FROM coins
SELECT title FROM coins WHERE count(*) > 1
SELECT title FROM coins GROUP BY count(*)
SELECT DISTINCT title FROM coins ORDER BY value
SELECT title FROM coins ORDER BY 2
SELECT title FROM coins ORDER BY 0
SELECT title FROM coins GROUP BY 9
SELECT title FROM coins ORDER BY -1 USING >
SELECT count() FROM coins
SELECT count(title, value) FROM coins
SELECT sum(title) FROM coins
SELECT max(*) FROM coins
SELECT lower() FROM coins
SELECT lower(1) FROM coins
SELECT substr(title) FROM coins
SELECT round(title) FROM coins
SELECT title + 1 FROM coins
SELECT -title FROM coins
SELECT value || 'x' FROM coins
SELECT title = 1 FROM coins
SELECT CASE WHEN title THEN 1 END FROM coins
SELECT CASE WHEN 1 = 1 THEN 1 ELSE 'x' END FROM coins
SELECT CASE END FROM coins
SELECT year FROM coins
SELECT min(year) FROM coins
SELECT attr FROM coins
SELECT attr['x'] FROM coins
SELECT year + 1 FROM coins
SELECT title FROM coins WHERE year = 1904 OR length(title) = 1
SELECT title FROM coins ORDER BY year
SELECT * FROM coins GROUP BY title
SELECT titel FROM coins
SELECT contry, count(*) FROM coins GROUP BY 1
SELECT lowr(title) FROM coins
SELECT title FROM coinz
SELECT x.title FROM coins
SELECT coins.title FROM coins AS c
SELECT c.* FROM coins
SELECT coins.x.title FROM coins
SELECT similarity FROM coins
SELECT title FROM coins ORDER BY similarity DESC
SELECT similarity() FROM coins
SELECT similarity(title) FROM coins
SELECT similarity('x.jpg') FROM coins
SELECT similarity(:p, :q, :r) FROM coins
SELECT similarity(*) FROM coins
SELECT lower(title FROM coins)
SELECT title IS TRUE FROM coins
"""

REFUSED = [
    line for block in (WRITES, REACHES, SPELLING) for line in block.splitlines() if line.strip()
]
