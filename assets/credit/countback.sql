-- DSO by counting back (domain 12): the newest period's credit sales are taken from the
-- closing receivables first, then the one before, and so on; a wholly covered period adds
-- all its days, the last one its share. NULL where a period is missing or without credit
-- sales before the receivables are used up, or where they outlast all known periods.
WITH running AS (
  SELECT
    uscc,
    evaluated_on,
    place,
    days,
    sales,
    receivables,
    CAST(SUM(COALESCE(sales, 0)) OVER (PARTITION BY uscc, evaluated_on ORDER BY period_end DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS through,
    CAST(ROW_NUMBER() OVER (PARTITION BY uscc, evaluated_on ORDER BY period_end DESC) AS BIGINT) AS number
  FROM sales_periods
), counted AS (
  SELECT
    uscc,
    evaluated_on,
    receivables,
    through,
    CASE WHEN place <> number OR sales IS NULL OR sales < 0 THEN 1 ELSE 0 END AS unknown,
    CASE
      WHEN receivables >= through THEN days * 100
      ELSE ((receivables - (through - sales)) * days * 100) // sales
    END AS centidays
  FROM running
  WHERE receivables >= 0 AND receivables > through - COALESCE(sales, 0)
)
SELECT
  uscc,
  evaluated_on,
  CASE
    WHEN MAX(unknown) = 0 AND MAX(through) >= MAX(receivables)
      THEN CAST(SUM(centidays) AS BIGINT)
  END AS dso_countback_centidays
FROM counted
GROUP BY uscc, evaluated_on
