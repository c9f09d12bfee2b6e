"""The low-code core: what every screen is made of. No noun of the Front in here."""
