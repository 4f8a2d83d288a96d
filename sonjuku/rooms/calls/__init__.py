"""calls: a call opens, people apply, places are given fairly and announced.

Words: call (募集), application (申込み・応募・申請), seat_pool (席), eligibility_rule (応募資格), review (審査),
draw (抽選), selection_run (選考), alternate (補欠), verdict (判定), announcement (発表), approval_reference (決裁).
"""
