"""newsroom: what the council and its member bodies tell everyone: written by a body, approved by the secretariat.

Words: article (記事・お知らせ), body_project (構成団体独自の関連事業), published_at (掲載日), updated_at (更新日), owner (担当課).
"""
