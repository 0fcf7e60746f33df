-- 贯标 clause by clause: the newest status of every clause in every enterprise that began.
WITH begun AS (
  SELECT DISTINCT uscc FROM credit_events WHERE kind = 'standard' AND value <> 'none' AND happened_on <= $today
    AND (void_from IS NULL OR void_from > $today)
), newest AS (
  SELECT * FROM standard_clauses WHERE assessed_on <= $today
  QUALIFY row_number() OVER (PARTITION BY uscc, clause ORDER BY assessed_on DESC, record_key) = 1
)
SELECT b.uscc, c.code AS clause, coalesce(n.status, 'none') AS status, n.assessed_on, n.evidence, n.reviewer,
  coalesce(n.status = 'passed' AND n.evidence IS NOT NULL, FALSE) AS proven
FROM begun AS b
JOIN codes AS c ON c.list = 'standard_clause'
LEFT JOIN newest AS n ON n.uscc = b.uscc AND n.clause = c.code
