-- The targets of the notice; numbers below five are not published.
SELECT target_id, title, title_en, wanted, due_on, CASE WHEN reached >= 5 THEN reached END AS reached
FROM target_progress
