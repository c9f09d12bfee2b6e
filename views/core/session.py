"""The database session of a request."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session

from models import Base
from models.history.as_of import as_of_engine


class BookSession(Session):
    """A session that reads the past while one is looked at."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any) -> Any:
        """The rewound copy, or the present database."""
        return as_of_engine.get() or super().get_bind(mapper=mapper, clause=clause, bind=bind, **more)


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": BookSession})
