"""The pages that a screen has."""
