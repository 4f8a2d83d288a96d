"""Backup and restore: the database and the uploaded files in one folder, with a manifest that says what must be in it.

The manifest is written last, so a folder without one is no backup. Secrets stay out (docs/operate/backup.md).
"""
