"""From stage to stage: the declaration, the steps made, what waits for whom."""
