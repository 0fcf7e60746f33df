-- Enterprises that are new, gone or changed since the fingerprints were taken before.
SELECT uscc
FROM fingerprints AS n FULL JOIN fingerprints_before AS b USING (uscc)
WHERE (n.hash_sum, n.row_count) IS DISTINCT FROM (b.hash_sum, b.row_count)
