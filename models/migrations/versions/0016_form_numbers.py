"""Numbers of forms that were sent.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-27 21:10:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_number",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("noun", sa.String(length=60), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_form_number_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_form_number")),
    )
    op.create_index(op.f("ix_form_number_at"), "form_number", ["at"])
    op.create_index(op.f("ix_form_number_user_id"), "form_number", ["user_id"])


def downgrade() -> None:
    op.drop_table("form_number")
