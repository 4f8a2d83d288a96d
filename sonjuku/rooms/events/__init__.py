"""events: the nouns of events only: speakers, programme order, booths at other bodies' events, materials.

Words: speaker (登壇者), booth (出展ブース), booth_slot (体験枠), material (配布資料).
"""
