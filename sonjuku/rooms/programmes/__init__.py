"""programmes: what a council does and with whom: business lines, programmes and their years, partnership agreements.

Words: business_line (事業区分), programme (事業), programme_year (年度事業), partnership_agreement (連携協定),
party (協定の当事者), party_role (役割①〜⑦), matter (協定事項).
"""
