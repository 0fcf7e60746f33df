-- The latest credit-management figures.
SELECT * FROM credit_figures WHERE evaluated_on = $today
