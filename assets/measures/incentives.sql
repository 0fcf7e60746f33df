-- What each enterprise may have today: catalogue entries whose minimum grade it reaches.
-- Discounts in fen come from its newest monthly fee and stay within the yearly cap; where
-- measures of one kind do not add up, the better one is left.
WITH newest_fee AS (
  SELECT uscc, fee_kind, MAX_BY(due_fen, month) AS due_fen
  FROM fee_payments WHERE month <= $today AND consent_no IS NOT NULL GROUP BY uscc, fee_kind
), offered AS (
  SELECT
    g.uscc, g.letter, c.incentive_code, c.title, c.incentive_kind, c.minimum_grade, entry.rank AS entry_rank,
    coalesce(t.cumulative, TRUE) AS cumulative,
    -- Without a known fee there is no amount: a cap alone is none.
    CASE WHEN t.fee_kind IS NOT NULL AND f.due_fen IS NOT NULL THEN
      least(
        (f.due_fen * coalesce(c.discount_bp, 0)) // 10000,
        coalesce(c.cap_fen // 12, f.due_fen)
      )
    END AS monthly_fen
  FROM grades AS g
  JOIN policy_letters AS own ON own.letter = g.letter
  JOIN incentive_catalogue AS c
    ON c.valid_from <= $today AND (c.valid_to IS NULL OR c.valid_to >= $today)
  JOIN policy_letters AS entry ON entry.letter = c.minimum_grade
  LEFT JOIN policy_incentive_terms AS t ON t.incentive_kind = c.incentive_kind
  LEFT JOIN newest_fee AS f ON f.uscc = g.uscc AND f.fee_kind = t.fee_kind
  WHERE g.evaluated_on = $today AND g.state = 'graded' AND own.rank <= entry.rank
)
SELECT uscc, incentive_code, title, incentive_kind, monthly_fen,
  concat('信用等级', letter, '，达到', minimum_grade, '级及以上条件') AS reason
FROM offered
QUALIFY cumulative OR row_number() OVER (
  PARTITION BY uscc, incentive_kind ORDER BY coalesce(monthly_fen, -1) DESC, entry_rank, incentive_code
) = 1
