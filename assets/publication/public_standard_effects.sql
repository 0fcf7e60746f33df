-- What the credit-management standard brought; no group of fewer than five.
SELECT firm_group, figure, enterprises, median_before, median_after
FROM standard_effects WHERE enterprises >= 5
