-- How many enterprises go from which standing to which, those that stay included.
-- `not_graded` and `attention` stand for themselves, other standings by their letter.
WITH standing AS (
  SELECT
    CASE WHEN b.state = 'graded' THEN b.letter ELSE coalesce(b.state, 'absent') END AS before,
    CASE WHEN a.state = 'graded' THEN a.letter ELSE coalesce(a.state, 'absent') END AS after
  FROM computed_grades_before AS b FULL JOIN computed_grades_after AS a USING (uscc)
)
SELECT before, after, count(*) AS enterprises
FROM standing GROUP BY before, after ORDER BY before, after
