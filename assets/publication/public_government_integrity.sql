-- The administration's record by area and by unit, overdue promises included.
SELECT side, name, promises, kept, kept_late, unproven, open, overdue, longest_overdue_days, kept_bp
FROM government_integrity
