"""participation: places taken, occasions and check-ins, obligations, completion.

Words: participation (参加), occasion (回・開催日), check_in (受付・出席), obligation (義務), completion (修了).
"""
