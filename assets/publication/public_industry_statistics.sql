-- Enterprises by industry section and grade today; cells below five are not published.
SELECT e.industry_section, s.zh AS industry_section_name, coalesce(g.letter, 'N') AS letter, CAST(count(*) AS BIGINT) AS enterprises
FROM grades AS g
JOIN enterprises AS e USING (uscc)
JOIN codes AS s ON s.list = 'industry_section' AND s.code = e.industry_section
WHERE g.evaluated_on = $today
GROUP BY e.industry_section, s.zh, coalesce(g.letter, 'N') HAVING count(*) >= 5
