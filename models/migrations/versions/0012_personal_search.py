"""What people are found by who may read it only; and in whose right a file was made.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-27 20:45:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

rebuilds_keys = True
"""Searched texts are computed anew by the program when this step was taken (`models/migrations/env.py`)."""


def upgrade() -> None:
    op.add_column("person", sa.Column("personal_text", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("person") as table:
        table.alter_column("personal_text", server_default=None)
    op.add_column("job", sa.Column("made_for", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("job", "made_for")
    with op.batch_alter_table("person") as table:
        table.drop_column("personal_text")
