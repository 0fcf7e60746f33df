-- Downgrades of which an enterprise was told; shown to itself alone.
SELECT * FROM downgrades
