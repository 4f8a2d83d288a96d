"""Places given fairly: draws that anyone can repeat from what was published.

`python -m sonjuku.engines.selection verify FILE.json` repeats one.
"""
