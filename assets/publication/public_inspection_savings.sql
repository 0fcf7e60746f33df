-- How much trouble joint inspection by credit saves; no grade with fewer than five.
SELECT letter, enterprises, before_per_hundred, after_per_hundred, ordinary_per_hundred
FROM inspection_savings WHERE enterprises >= 5
