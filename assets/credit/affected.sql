-- Enterprises that are new, gone or changed since the fingerprints were taken before. The
-- newest date counts where it is the same ($same_day); where it was a month end that has
-- become one of the earlier dates ($month_over) it is counted among those.
WITH before AS (
  SELECT
    uscc,
    own,
    latest,
    CASE
      WHEN $month_over
        THEN CAST((CAST(earlier AS INT128) + latest) % 18446744073709551616 AS UBIGINT)
      ELSE earlier
    END AS earlier
  FROM fingerprints
)
SELECT uscc
FROM fingerprints_now AS n FULL JOIN before AS b USING (uscc)
WHERE
  n.own IS DISTINCT FROM b.own
  OR n.earlier IS DISTINCT FROM b.earlier
  OR ($same_day AND n.latest IS DISTINCT FROM b.latest)
