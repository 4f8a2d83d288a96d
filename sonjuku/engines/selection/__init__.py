"""Places given fairly: draws, ranked wishes and two-sided matchings that anyone can repeat from what was published.

`draw`, `wire_draw`: one list, one lottery. `assign`: ranked wishes over several programmes. `match`: two sides rank one
another. `check`, `match_check`: a second opinion. `explain`, `sentences`: why, in plain words. `wire`, `bundle`: the
published texts to the byte. `market`, `deferred`, `choice`, `chains`: the same on arrays, for millions.

`python -m sonjuku.engines.selection verify BUNDLE.json` repeats a published one. Numpy and the standard library only.
"""
