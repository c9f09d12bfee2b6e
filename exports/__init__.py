"""Out to Excel: workbooks that can be printed as they are."""
