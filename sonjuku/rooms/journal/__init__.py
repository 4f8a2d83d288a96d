"""journal: who did what, for whom, when. Plain ids and field names; never a value, so that it survives erasure.

Words: entry (記録), actor (行為者), verb (動詞), subject (対象).
"""
