-- Sampling ratio of every enterprise today, and what it is exempt from, with the reason.
SELECT uscc, ratio_bp, exempt, reason FROM inspection_standings WHERE standing_on = $today
