"""vocabulary: the controlled words of the house, versioned and dated: skills, municipalities, audiences.

Words: skill_framework (スキル標準), skill (スキル), municipality (市区町村), lg_code (全国地方公共団体コード), audience (対象者).
"""
