"""How Alembic reaches the database: through the application that runs the command."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect

from models.access import row_security
from models.history.audit import record_classes
from models.records.fields import Moment
from models.records.keys import give_keys_anew
from models.records.lookups import base_class, table_of

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine


def render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations need none of our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


keys_are_old: list[str] = []


def note_step(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Remember the steps after which computed texts are computed anew, by the program's own rules."""
    if step.is_upgrade and getattr(step.up_revision.module, "rebuilds_keys", False):
        keys_are_old.append(step.up_revision_id)


def run(connection: Connection) -> None:
    """Bring the tables to the wanted version, and their row policies with them."""
    # What this writes to records is the history's beginning, not a part of it; and it works on everyone's rows.
    connection.execution_options(recorded=True)
    row_security.uninstall_policies(connection)
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_item=render,
        on_version_apply=note_step,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        if set(context.get_context().get_current_heads()) == set(context.script.get_heads()):
            if keys_are_old:
                # The history is never altered, not even for this.
                there = set(inspect(connection).get_table_names())
                for cls in {base_class(cls) for cls in record_classes().values()}:
                    # A record whose own table is still to come has no rows to give keys to.
                    if table_of(cls).name in there:
                        give_keys_anew(connection, cls)
            row_security.install_policies(connection)


given = context.config.attributes.get("connection")
if given is not None:  # whoever gave it commits, or takes all of it back
    run(given)
else:
    with engine.connect() as connection:
        # SQLite rebuilds tables to change them; rows that refer to a table must not go with the old one.
        # Past SQLAlchemy, which would begin a transaction first: inside one the setting is not heeded.
        if engine.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        run(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA foreign_keys=ON")
