-- Credit-management figures of every graded enterprise on every evaluation date.
-- Trailing: the four quarters up to the newest one that ended by the date and is not
-- older than nine months; previous: the four before. A figure whose inputs are missing,
-- zero where they divide, or negative is NULL, never an estimate (domain 12). Days sales
-- outstanding come four ways: of the newest quarter (90 days), of the trailing year at its
-- end and on its mean receivables (365 days), and counted back (`countback.sql`).
WITH quarters AS (
  SELECT
    d.evaluated_on,
    f.uscc,
    f.quarter_end,
    YEAR(f.quarter_end) * 12 + MONTH(f.quarter_end) AS ended_month,
    f.revenue_fen,
    f.credit_sales_fen,
    f.receivables_begin_fen,
    f.receivables_end_fen
  FROM financials AS f
  JOIN evaluations AS d ON f.quarter_end <= d.evaluated_on
  JOIN memberships AS m ON m.uscc = f.uscc AND m.evaluated_on = d.evaluated_on
  WHERE
    MONTH(f.quarter_end) IN (3, 6, 9, 12)
    AND LAST_DAY(f.quarter_end) = f.quarter_end
), newest AS (
  SELECT
    evaluated_on,
    uscc,
    MAX(quarter_end) AS quarter_end,
    MAX(ended_month) AS newest_month
  FROM quarters
  GROUP BY evaluated_on, uscc
), aged AS (
  SELECT
    q.evaluated_on,
    q.uscc,
    n.quarter_end,
    q.quarter_end AS period_end,
    n.newest_month - q.ended_month AS age,
    q.revenue_fen,
    q.credit_sales_fen,
    q.receivables_begin_fen,
    q.receivables_end_fen
  FROM quarters AS q
  JOIN newest AS n ON q.evaluated_on = n.evaluated_on AND q.uscc = n.uscc
  WHERE
    n.newest_month - q.ended_month <= 21
    AND n.quarter_end > CAST(n.evaluated_on - INTERVAL '9' MONTH AS DATE)
), closings AS (
  SELECT uscc, evaluated_on, receivables_end_fen AS receivables FROM aged WHERE age = 0
), sales_periods AS (
  SELECT
    a.uscc,
    a.evaluated_on,
    a.period_end,
    CAST(a.age // 3 + 1 AS BIGINT) AS place,
    CAST(DATEDIFF('day', LAST_DAY(CAST(a.period_end - INTERVAL '3' MONTH AS DATE)), a.period_end) AS BIGINT) AS days,
    a.credit_sales_fen AS sales,
    c.receivables
  FROM aged AS a
  JOIN closings AS c ON c.uscc = a.uscc AND c.evaluated_on = a.evaluated_on
), summed AS (
  SELECT
    uscc,
    evaluated_on,
    MAX(quarter_end) AS quarter_end,
    CAST(COUNT(*) AS BIGINT) AS quarters,
    CAST(SUM(CASE WHEN age <= 9 THEN 1 ELSE 0 END) AS BIGINT) AS trailing,
    CAST(SUM(CASE WHEN age <= 9 THEN revenue_fen END) AS BIGINT) AS sales,
    CAST(SUM(CASE WHEN age > 9 THEN revenue_fen END) AS BIGINT) AS sales_before,
    CAST(SUM(CASE WHEN age <= 9 AND credit_sales_fen >= 0 THEN 1 ELSE 0 END) AS BIGINT)
      AS credit_known,
    CAST(SUM(CASE WHEN age <= 9 THEN credit_sales_fen END) AS BIGINT) AS credit_sales,
    MAX(CASE WHEN age = 0 THEN credit_sales_fen END) AS credit_newest,
    MAX(CASE WHEN age = 9 THEN receivables_begin_fen END) AS opening,
    MAX(CASE WHEN age = 0 THEN receivables_end_fen END) AS closing
  FROM aged
  GROUP BY uscc, evaluated_on
)
SELECT
  s.uscc,
  s.evaluated_on,
  quarter_end,
  quarters,
  CASE
    WHEN quarters = 8 AND trailing = 4 AND sales_before > 0 AND sales >= 0
      THEN (sales * 10000) // sales_before - 10000
  END AS sales_growth_bp,
  CASE
    WHEN trailing = 4 AND credit_known = 4 AND sales > 0 AND credit_sales <= sales
      THEN (credit_sales * 10000) // sales
  END AS credit_sales_share_bp,
  CASE
    WHEN closing >= 0 AND credit_newest > 0
      THEN (closing * 9000) // credit_newest
  END AS dso_centidays,
  CASE
    WHEN trailing = 4 AND credit_known = 4 AND closing >= 0 AND credit_sales > 0
      THEN (closing * 36500) // credit_sales
  END AS dso_annual_centidays,
  CASE
    WHEN trailing = 4
    AND credit_known = 4
    AND opening >= 0
    AND closing >= 0
    AND credit_sales > 0
      THEN ((opening + closing) * 18250) // credit_sales
  END AS dso_average_centidays,
  b.dso_countback_centidays,
  CASE
    WHEN trailing = 4
    AND credit_known = 4
    AND opening >= 0
    AND closing >= 0
    AND opening + closing > 0
      THEN (credit_sales * 20000) // (opening + closing)
  END AS turnover_bp
FROM summed AS s
LEFT JOIN countback AS b ON b.uscc = s.uscc AND b.evaluated_on = s.evaluated_on
