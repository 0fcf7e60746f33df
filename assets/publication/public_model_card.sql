-- The measured part of the model card: grades in force by age and size of the enterprise
-- today, and how many letters kept from month end to month end. The look for bias against
-- young or small enterprises; cells below five are not published.
WITH graded AS (
  SELECT coalesce(g.letter, 'N') AS standing, e.age, e.size
  FROM grades AS g JOIN card_groups AS e USING (uscc)
  WHERE g.evaluated_on = $today
), letters AS (
  SELECT evaluated_on, letter, lag(letter) OVER (PARTITION BY uscc ORDER BY evaluated_on) AS before
  FROM grades
  WHERE evaluated_on = last_day(evaluated_on) AND letter IS NOT NULL
), told AS (
  SELECT 'age' AS facet, age AS member, standing FROM graded
  UNION ALL
  SELECT 'size', size, standing FROM graded
  UNION ALL
  SELECT 'stability', CAST(evaluated_on AS TEXT),
    CASE WHEN letter = before THEN 'kept' WHEN letter < before THEN 'better' ELSE 'worse' END
  FROM letters
  WHERE before IS NOT NULL AND evaluated_on > $today - INTERVAL 13 MONTH
)
SELECT facet, member, standing, CAST(count(*) AS BIGINT) AS enterprises
FROM told GROUP BY facet, member, standing HAVING count(*) >= 5
