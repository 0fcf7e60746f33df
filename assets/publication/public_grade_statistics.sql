-- Enterprises by grade at every evaluation; cells below five are not published.
SELECT evaluated_on, coalesce(letter, 'N') AS letter, CAST(count(*) AS BIGINT) AS enterprises
FROM grades GROUP BY evaluated_on, coalesce(letter, 'N') HAVING count(*) >= 5
