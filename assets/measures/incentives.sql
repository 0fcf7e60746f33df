-- What each enterprise may have today: catalogue entries whose minimum grade it reaches.
-- Discounts in fen come from its newest monthly fee and stay within the yearly cap.
WITH newest_fee AS (
  SELECT uscc, fee_kind, MAX_BY(due_fen, month) AS due_fen
  FROM fee_payments WHERE month <= $today AND consent_no IS NOT NULL GROUP BY uscc, fee_kind
)
SELECT
  g.uscc, c.incentive_code, c.title, c.incentive_kind,
  -- Without a known fee there is no amount: a cap alone is none.
  CASE WHEN c.incentive_kind IN ('rent', 'management_fee') AND f.due_fen IS NOT NULL THEN
    least(
      (f.due_fen * coalesce(c.discount_bp, 0)) // 10000,
      coalesce(c.cap_fen // 12, f.due_fen)
    )
  END AS monthly_fen,
  concat('信用等级', g.letter, '，达到', c.minimum_grade, '级及以上条件') AS reason
FROM grades AS g
JOIN policy_letters AS own ON own.letter = g.letter
JOIN incentive_catalogue AS c
  ON c.valid_from <= $today AND (c.valid_to IS NULL OR c.valid_to >= $today)
JOIN policy_letters AS least_letter ON least_letter.letter = c.minimum_grade
LEFT JOIN newest_fee AS f
  ON f.uscc = g.uscc
  AND f.fee_kind = CASE c.incentive_kind WHEN 'rent' THEN 'rent' WHEN 'management_fee' THEN 'management' END
WHERE g.evaluated_on = $today AND g.state = 'graded' AND own.rank <= least_letter.rank
