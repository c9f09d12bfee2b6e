"""What happened: the audit, undo, the book as of a day."""
