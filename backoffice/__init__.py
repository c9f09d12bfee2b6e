"""The application: wires the screens, the seed and the records together, decides nothing."""

from backoffice.factory import create_app

__all__ = ["create_app"]
