"""In from spreadsheets: rows become records, by the same rules as everything else."""
