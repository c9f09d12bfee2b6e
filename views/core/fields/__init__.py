"""Fields on screen: as forms, filters and text."""
