-- How every draw was made, so that anybody can check it: seed, population, number drawn.
SELECT p.plan_no, p.title, p.departments, p.drawn_on, p.period_from, p.period_to, p.seed, p.population_sha256, s.population, s.drawn
FROM inspection_plans AS p JOIN inspection_seals AS s USING (plan_no)
WHERE p.drawn_on <= $today
