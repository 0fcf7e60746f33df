-- 信易批 and green channel: which services each graded enterprise may have today. A promise
-- instead of papers is only for those who have broken none within the item's months.
WITH broken AS (
  SELECT i.item_code, v.uscc, count(*) AS broken
  FROM credit_events AS v
  JOIN policy_approval_items AS i ON v.happened_on > $today - to_months(i.clean_months)
  WHERE v.kind = 'commitment' AND v.polarity = 'negative' AND v.happened_on <= $today
    AND (v.ended_on IS NULL OR v.ended_on > $today)
  GROUP BY i.item_code, v.uscc
)
SELECT
  g.uscc, i.item_code, i.title, i.way, b.uscc IS NULL AS open,
  CASE
    WHEN b.uscc IS NOT NULL THEN concat('近', CAST(i.clean_months AS TEXT), '个月内有', CAST(b.broken AS TEXT), '项承诺未全部履行，暂按一般程序办理')
    ELSE concat('信用等级', g.letter, '，达到', i.minimum_grade, '级及以上条件')
  END AS reason
FROM grades AS g
JOIN policy_letters AS own ON own.letter = g.letter
JOIN policy_approval_items AS i ON TRUE
JOIN policy_letters AS entry ON entry.letter = i.minimum_grade
LEFT JOIN broken AS b ON b.item_code = i.item_code AND b.uscc = g.uscc
WHERE g.evaluated_on = $today AND g.state = 'graded' AND own.rank <= entry.rank
