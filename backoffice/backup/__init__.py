"""Backup: the whole book in one file, and back again on another machine or another database."""
