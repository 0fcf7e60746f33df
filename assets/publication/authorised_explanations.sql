-- The latest explanation of every grade.
SELECT * FROM explanations
