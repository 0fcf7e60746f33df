-- Every grade of every evaluation.
SELECT * FROM grades
