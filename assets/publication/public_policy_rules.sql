-- Every rule of the policy in force, as the public reads it.
SELECT position, part, rule_id, dimension_zh, dimension_en, name_zh, name_en, method, points_from, points_to, letter, source
FROM policy_rules
