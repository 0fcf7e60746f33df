-- Credit-management figures of yearly statements by the convention of published tables:
-- mean receivables of opening and closing, and $days days a year. A figure whose inputs
-- are missing, zero where they divide, or negative is NULL (domain 12). Rounded half up, as
-- published tables are; the quarterly figures that decide points are cut off instead.
WITH years AS (
  SELECT
    firm,
    year_end,
    revenue,
    receivables,
    LAG(revenue) OVER w AS revenue_before,
    LAG(receivables) OVER w AS receivables_before,
    LAG(year_end) OVER w AS year_end_before
  FROM annual_statements
  WINDOW w AS (PARTITION BY firm ORDER BY year_end)
), following AS (
  SELECT
    firm,
    year_end,
    revenue,
    receivables,
    CASE WHEN year_end_before = CAST(year_end - INTERVAL '12' MONTH AS DATE) THEN revenue_before END AS revenue_before,
    CASE WHEN year_end_before = CAST(year_end - INTERVAL '12' MONTH AS DATE) THEN receivables_before END AS receivables_before
  FROM years
)
SELECT
  firm,
  year_end,
  CASE WHEN revenue_before > 0 AND revenue >= 0 THEN (revenue * 20000 + revenue_before) // (revenue_before * 2) - 10000 END AS sales_growth_bp,
  CASE
    WHEN receivables >= 0 AND receivables_before >= 0 AND receivables + receivables_before > 0 AND revenue >= 0
      THEN (revenue * 40000 + receivables + receivables_before) // ((receivables + receivables_before) * 2)
  END AS turnover_bp,
  CASE
    WHEN receivables >= 0 AND receivables_before >= 0 AND revenue > 0
      THEN ((receivables + receivables_before) * $days * 100 + revenue) // (revenue * 2)
  END AS turnover_centidays,
  CASE
    WHEN receivables >= 0 AND revenue > 0
      THEN (receivables * $days * 200 + revenue) // (revenue * 2)
  END AS dso_centidays
FROM following
ORDER BY firm, year_end
