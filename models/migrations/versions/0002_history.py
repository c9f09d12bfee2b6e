"""The history, and whose a person and a document is.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-23 13:50:33.565735

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEEP = {
    "sqlite": [
        f"CREATE TRIGGER audit_entry_keep_{what} BEFORE {what.upper()} ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the history is never altered'); END"
        for what in ("update", "delete")
    ],
    "postgresql": [
        """CREATE FUNCTION audit_entry_keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the history is never altered'; END $$""",
        """CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_keep()""",
    ],
}
"""The database's own lock on the history."""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "created",
                "changed",
                "deleted",
                "read",
                "exported",
                "signed_in",
                "refused",
                "signed_out",
                "account",
                name="auditkind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("noun", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=600), nullable=False),
        sa.Column("act_name", sa.String(length=300), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("owner_noun", sa.String(length=60), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("home_organisation_id", sa.Integer(), nullable=True),
        sa.Column("home_unit_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_act"), ["act"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_home_organisation_id"), ["home_organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_home_unit_id"), ["home_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_noun_record_id"), ["noun", "record_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entry_owner_noun_owner_id"), ["owner_noun", "owner_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_audit_entry_title_key"), ["title_key"], unique=False)

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_document_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_document_organisation_id"), "organisation", ["organisation_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_person_organisation_id"), "organisation", ["organisation_id"], ["id"], ondelete="RESTRICT"
        )

    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_person_organisation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_person_organisation_id"))
        batch_op.drop_column("organisation_id")

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_document_organisation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_document_organisation_id"))
        batch_op.drop_column("organisation_id")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_title_key"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_owner_noun_owner_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_noun_record_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_home_unit_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_home_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_act"))

    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_keep()")
