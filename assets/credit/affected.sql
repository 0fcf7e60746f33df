-- Enterprises that are new, gone or changed since the fingerprints were taken before. The
-- newest date counts where it is the same ($same_day); where it was a month end that has
-- become one of the earlier dates ($month_over) it is counted among those.
WITH before AS (
  SELECT
    uscc,
    CASE WHEN $month_over THEN replace(span, 'latest', 'earlier') ELSE span END AS span,
    CAST(sum(CAST(hash_sum AS INT128)) AS TEXT) AS hash_sum,
    CAST(sum(row_count) AS BIGINT) AS row_count
  FROM fingerprints
  GROUP BY ALL
)
SELECT DISTINCT uscc
FROM fingerprints_now AS n FULL JOIN before AS b USING (uscc, span)
WHERE
  (n.hash_sum, n.row_count) IS DISTINCT FROM (b.hash_sum, b.row_count)
  AND (span <> 'latest' OR $same_day)
