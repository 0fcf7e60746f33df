-- The administration's own promises by area and by unit: kept, late, open, overdue, and
-- kept without any evidence, which is not kept yet.
WITH promises AS (
  SELECT area, owner_unit,
    CASE
      WHEN completed_on IS NOT NULL AND completed_on <= $today THEN
        CASE WHEN evidence IS NULL THEN 'unproven' WHEN completed_on <= due_on THEN 'kept' ELSE 'kept_late' END
      WHEN due_on < $today THEN 'overdue'
      ELSE 'open'
    END AS state,
    greatest(date_diff('day', due_on, $today), 0) AS days_late
  FROM government_commitments WHERE committed_on <= $today
), sides AS (
  SELECT 'area' AS side, area AS name, state, days_late FROM promises
  UNION ALL SELECT 'unit', owner_unit, state, days_late FROM promises
)
SELECT side, name, CAST(count(*) AS BIGINT) AS promises,
  CAST(count(*) FILTER (WHERE state = 'kept') AS BIGINT) AS kept,
  CAST(count(*) FILTER (WHERE state = 'kept_late') AS BIGINT) AS kept_late,
  CAST(count(*) FILTER (WHERE state = 'unproven') AS BIGINT) AS unproven,
  CAST(count(*) FILTER (WHERE state = 'open') AS BIGINT) AS open,
  CAST(count(*) FILTER (WHERE state = 'overdue') AS BIGINT) AS overdue,
  CAST(coalesce(MAX(days_late) FILTER (WHERE state = 'overdue'), 0) AS BIGINT) AS longest_overdue_days,
  CAST((count(*) FILTER (WHERE state = 'kept') * 10000) // nullif(count(*) FILTER (WHERE state <> 'open'), 0) AS BIGINT) AS kept_bp
FROM sides GROUP BY side, name
