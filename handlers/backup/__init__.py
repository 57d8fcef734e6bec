"""Backup and restore: one portable archive of every row and file, from either database into either database."""
