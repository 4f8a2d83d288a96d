"""matching: two sides rank one another under seal, a draw that anyone can repeat pairs them, and each pair is introduced.

Words: matching_event (マッチングの会), side (専門家・企業), ranking (希望の順), introduction (紹介), report (報告).
"""
