"""Events as open data: the イベント一覧 (32 columns) of the recommended data sets, GIF's names, schema.org.

Pure translation: no Django, no database, no clock. The event file of the 自治体標準オープンデータセット is another form,
which nothing here claims to be.
"""

from sonjuku.protocols.opendata.columns import COLUMNS, FORM, row
from sonjuku.protocols.opendata.event import Event
from sonjuku.protocols.opendata.gif import gif
from sonjuku.protocols.opendata.headings import Layout, layout
from sonjuku.protocols.opendata.linked import linked, script_text

__all__ = ["COLUMNS", "FORM", "Event", "Layout", "gif", "layout", "linked", "row", "script_text"]
