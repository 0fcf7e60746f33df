-- What a grade is made of, as one number an enterprise: facts of its own (`own`), and who
-- it is on the newest evaluation date (`latest`) and on the ones before (`earlier`). The
-- sum of the rows' hashes is the same in whatever order they lie; the count tells a row
-- from its double.
WITH hashed AS (
  SELECT e.uscc, 'own' AS span, hash(e) AS row_hash FROM credit_events AS e
  UNION ALL
  SELECT f.uscc, 'own', hash(f) FROM financials AS f
  UNION ALL
  SELECT
    m.uscc,
    CASE WHEN m.evaluated_on < (SELECT max(evaluated_on) FROM evaluations) THEN 'earlier' ELSE 'latest' END,
    hash(m)
  FROM memberships AS m
)
SELECT uscc, span, CAST(sum(CAST(row_hash AS INT128)) AS TEXT) AS hash_sum, count(*) AS row_count
FROM hashed
GROUP BY uscc, span
