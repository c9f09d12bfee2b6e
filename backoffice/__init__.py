"""The application: wires the screens, the seed and the records together, decides nothing."""
