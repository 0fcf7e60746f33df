-- What each enterprise may have repaired; shown to itself alone.
SELECT * FROM repair_guidance
