-- 轻微违法首违不罚: recent minor matters of the list, whether each is the first of its kind,
-- and the reminder that is due. What a case keeps from counting is no earlier offence.
WITH matched AS (
  SELECT i.item_code, i.title, i.repeat_months, i.remind_months, i.reminder, v.event_id, v.uscc, v.happened_on
  FROM credit_events AS v
  JOIN policy_first_offence_items AS i ON i.event_kind = v.kind AND i.value = v.value
  WHERE v.happened_on <= $today AND (v.void_from IS NULL OR v.void_from > $today)
), placed AS (
  SELECT *, lag(happened_on) OVER (PARTITION BY uscc, item_code ORDER BY happened_on, event_id) AS last_on FROM matched
)
SELECT
  m.uscc, m.item_code, m.event_id, m.title, m.happened_on,
  m.last_on IS NULL OR m.last_on <= m.happened_on - to_months(m.repeat_months) AS first_offence,
  t.uscc IS NOT NULL AS tolerated,
  CASE
    WHEN m.last_on IS NULL OR m.last_on <= m.happened_on - to_months(m.repeat_months) THEN m.reminder
    ELSE concat('上次发生于', strftime(m.last_on, '%Y-%m-%d'), '，不属首次，请及时改正')
  END AS reminder
FROM placed AS m
LEFT JOIN tolerance_periods AS t
  ON t.uscc = m.uscc AND t.open AND m.happened_on BETWEEN t.tolerated_from AND t.tolerated_until
WHERE m.happened_on > $today - to_months(m.remind_months)
