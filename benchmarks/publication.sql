-- Made-up publication tables for the release and serving benchmarks, one relation for each
-- contract; `enterprises` is a variable. Statements end with a semicolon; names say that
-- everything is invented.
CREATE OR REPLACE TABLE made AS SELECT i, printf('91370303MA%08d', i) AS uscc,
  concat('虚构', ['星海','云帆','长河','青石','松涛','明湖','远山','金麦'][1 + i % 8],
         ['科技','制造','贸易','材料','软件','物流','仪器'][1 + i % 7], i, '有限公司') AS name
  FROM range(getvariable('enterprises')) r(i);
CREATE OR REPLACE TABLE made_withheld_records AS SELECT 'none' AS record_id, 'expiry' AS reason;
CREATE OR REPLACE TABLE made_public_enterprises AS SELECT uscc, name,
  '有限责任公司' AS enterprise_type, 'active' AS status, DATE '2015-01-01' + CAST(i % 3000 AS INTEGER) AS established_on,
  '虚某' AS legal_representative, 100000000 AS registered_capital_fen, concat('山东省淄博市高新区虚构路', i, '号') AS domicile,
  'C3985' AS industry_code, ['制造业','建筑业','批发和零售业'][1 + i % 3] AS industry_section_name,
  '技术开发、技术服务；货物进出口；电子元器件制造与销售。' AS business_scope, '虚构市场监督管理局' AS authority,
  i % 3 = 0 AS in_park, CASE WHEN i % 9 = 0 THEN 'A' END AS published_grade, DATE '2026-11-23' AS graded_on,
  '虚构市场监督管理局' AS source, DATE '2026-11-20' AS collected_on FROM made;
CREATE OR REPLACE TABLE made_public_licences AS SELECT concat('L', i, '-', j) AS record_id, uscc, name AS enterprise_name,
  concat('虚许字', i, '-', j) AS decision_no, '准予许可决定书' AS document_name, '普通' AS licence_kind, '食品经营许可证' AS certificate_name,
  concat('JY', i) AS certificate_no, '准予经营' AS content, DATE '2025-01-01' + CAST((i + j) % 600 AS INTEGER) AS decided_on,
  DATE '2025-01-01' AS valid_from, DATE '2030-01-01' AS valid_to, '虚构审批局' AS authority, '虚构审批局' AS source,
  DATE '2026-11-20' AS collected_on FROM made, range(2) s(j);
CREATE OR REPLACE TABLE made_public_penalties AS SELECT concat('P', i) AS record_id, uscc, name AS enterprise_name,
  concat('虚罚字', i) AS decision_no, '未按规定公示价格' AS violation_kind, '检查发现经营场所未明码标价。' AS facts,
  '《中华人民共和国价格法》第四十二条' AS legal_basis, '0101;0201' AS penalty_kinds, '警告；罚款人民币贰仟元整' AS content,
  200000 AS fine_fen, DATE '2026-01-01' + CAST(i % 300 AS INTEGER) AS decided_on, '虚构市场监督管理局' AS authority,
  'general' AS severity, DATE '2026-07-01' AS repairable_from, DATE '2027-01-01' + CAST(i % 300 AS INTEGER) AS publish_until,
  '虚构市场监督管理局' AS source, DATE '2026-11-20' AS collected_on FROM made WHERE i % 10 = 0;
CREATE OR REPLACE TABLE made_public_honours AS SELECT concat('H', i) AS record_id, uscc, name AS enterprise_name, 'A级纳税人' AS honour,
  'A-grade taxpayer' AS honour_en, 'tax_a' AS honour_list, 2026 AS year, DATE '2026-04-01' AS awarded_on, '虚构税务局' AS authority,
  '虚构税务局' AS source, DATE '2026-11-20' AS collected_on FROM made WHERE i % 5 = 0;
CREATE OR REPLACE TABLE made_public_inspections AS SELECT concat('I', i) AS record_id, uscc, name AS enterprise_name, 'P2026-1' AS plan_no,
  '年报公示信息检查' AS task, DATE '2026-06-01' AS inspected_on, 'clean' AS result, '虚构市场监督管理局' AS authority,
  '虚构市场监督管理局' AS source, DATE '2026-11-20' AS collected_on FROM made WHERE i % 4 = 0;
CREATE OR REPLACE TABLE made_authorised_grades AS SELECT uscc, DATE '2026-11-23' AS evaluated_on, 'bench' AS policy_id, 'graded' AS state,
  850000 AS score_points, 'B' AS letter, 9000 AS completeness_bp, false AS vetoed FROM made;
CREATE OR REPLACE TABLE made_authorised_explanations AS SELECT uscc, DATE '2026-11-23' AS evaluated_on, 'compliance' AS dimension,
  'penalties' AS indicator, concat('rule-', j) AS rule_id, '1' AS raw_value, 10000 AS points, '无行政处罚记录，加分' AS reason_zh,
  'No penalty on record' AS reason_en, '国办发〔2025〕22号' AS legal_source FROM made, range(12) s(j);
