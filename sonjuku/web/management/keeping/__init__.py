"""What is kept when this program is switched off: a folder of plain files that any host serves (docs/operate/outlive.md).

Words: kept site (残すサイト), manifest (目録).
"""
