"""talent: which skill is where, from consented credentials only; nobody can be told apart.

Words: talent_map (人材マップ), release (公表), cell, area_group (圏域・振興局), reported_total (報告された合計), quarter (四半期).
"""
