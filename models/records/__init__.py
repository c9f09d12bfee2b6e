"""What a record is: no noun of the Front in here."""
