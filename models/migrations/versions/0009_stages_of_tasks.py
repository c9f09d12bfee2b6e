"""The stages of tasks, and what proves them.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-23 17:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status_note", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_task_event_id"), ["event_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_task_event_id"), "event", ["event_id"], ["id"], ondelete="RESTRICT")


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_task_event_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_task_event_id"))
        batch_op.drop_column("event_id")
        batch_op.drop_column("status_note")
