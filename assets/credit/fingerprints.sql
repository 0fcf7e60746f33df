-- What a grade is made of, as three numbers an enterprise: facts of its own (`own`), and who
-- it is on the newest evaluation date (`latest`) and on the ones before (`earlier`). The sum
-- of the rows' hashes is the same in whatever order they lie, and tells a row from its
-- double; the latter two are its low 64 bits (cut off by AND: modulo takes longer than all
-- else here), so that they can be added.
WITH facts AS (
  SELECT e.uscc, sum(hash(e)) AS hashes FROM credit_events AS e GROUP BY e.uscc
),
statements AS (
  SELECT f.uscc, sum(hash(f)) AS hashes FROM financials AS f GROUP BY f.uscc
),
dated AS (
  SELECT m.uscc, hash(m) AS row_hash, m.evaluated_on = d.newest AS newest
  FROM memberships AS m CROSS JOIN (SELECT max(evaluated_on) AS newest FROM evaluations) AS d
),
members AS (
  SELECT
    uscc,
    sum(CASE WHEN newest THEN row_hash END) AS latest,
    sum(CASE WHEN NOT newest THEN row_hash END) AS earlier
  FROM dated
  GROUP BY uscc
)
SELECT
  uscc,
  hash(facts.hashes, statements.hashes) AS own,
  CAST(coalesce(members.latest, 0) & CAST(18446744073709551615 AS INT128) AS UBIGINT) AS latest,
  CAST(coalesce(members.earlier, 0) & CAST(18446744073709551615 AS INT128) AS UBIGINT) AS earlier
FROM members FULL JOIN facts USING (uscc) FULL JOIN statements USING (uscc)
