"""Files that belong to records: what they are, their kinds, where their bytes lie."""
