"""On PostgreSQL unique constraints can wait for the end of a flush, in which rows exchange what they hold.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-27 21:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNIQUE = sa.text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'u' AND connamespace = current_schema()::regnamespace AND condeferrable = :waits ORDER BY 1, 2"
)
WAITS = " DEFERRABLE"


def made_anew(*, waits: bool) -> None:
    """Let every unique constraint wait or not; such a constraint can't be altered, only made anew."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, name, definition in op.get_bind().execute(UNIQUE, {"waits": not waits}).all():
        wanted = f"{definition.removesuffix(WAITS)}{WAITS if waits else ''}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {wanted}")


def upgrade() -> None:
    made_anew(waits=True)


def downgrade() -> None:
    made_anew(waits=False)
