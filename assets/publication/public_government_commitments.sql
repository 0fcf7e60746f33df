-- The administration's own promises, kept or not.
SELECT commitment_no, area, title, owner_unit, committed_on, due_on, completed_on, evidence
FROM government_commitments WHERE committed_on <= $today
