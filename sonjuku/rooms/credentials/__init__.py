"""credentials: achievements and the awards that prove them, as Open Badges 3.0 that outlive this program.

Words: achievement (達成), award (授与), open_badge_credential (バッジ), issuer_key (発行者の鍵).
"""
