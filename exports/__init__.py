"""Out of the book: workbooks that can be printed as they are, and a calendar for other programmes."""
