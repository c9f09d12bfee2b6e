"""Saved exports.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-23 17:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROLES = ("viewer", "editor", "approver", "administrator")


def upgrade() -> None:
    op.create_table(
        "saved_export",
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("screen", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column(
            "shared_with",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=30),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "title_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_export_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_saved_export_owner_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_export")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_export_owner_id_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("saved_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_export_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_export_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_export_title_key"), ["title_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("saved_export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_export_title_key"))
        batch_op.drop_index(batch_op.f("ix_saved_export_owner_id"))
        batch_op.drop_index(batch_op.f("ix_saved_export_organisation_id"))

    op.drop_table("saved_export")
