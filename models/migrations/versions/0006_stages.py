"""Stages: what councils, quotas and decisions need on the way.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23 16:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STAGES = {
    ("initiative", "stage", "stage"): (
        ("registered", "dossier", "appraised", "council", "decided", "sent", "published"),
        ("unpublished",),
        ("rejected",),
    ),
    ("nomination", "stage", "nominationstage"): (
        ("proposed", "checked", "council", "standing"),
        ("submitted",),
        ("awarded", "rejected"),
    ),
    ("dossier_item", "presence", "presence"): (("missing", "paper", "file"), ("not_needed",), ()),
}
"""Table, column and list: the members before, the new one, those after it."""


def hold_to(*, new: bool) -> None:
    """Let the lists have their new members, or no longer."""
    for (table, column, name), (before, added, after) in STAGES.items():
        members = ", ".join(f"'{member}'" for member in (*before, *(added if new else ()), *after))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), f"{column} IN ({members})")


def forget_the_new() -> None:
    """What stands at a new stage goes to the one before it, which the old program knows."""
    for table, column, before in (
        ("initiative", "stage", {"unpublished": "sent"}),
        ("nomination", "stage", {"submitted": "standing"}),
        ("dossier_item", "presence", {"not_needed": "missing"}),
    ):
        rows = sa.table(table, sa.column(column, sa.String()))
        for new, old in before.items():
            kept = rows.update().where(rows.c[column] == new).values({column: old})
            op.execute(kept, execution_options={"recorded": True})


def upgrade() -> None:
    op.create_table(
        "golden_book_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("basis_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
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
        sa.CheckConstraint("quota >= 0 AND quota <= 2000000000", name=op.f("ck_golden_book_year_quota_range")),
        sa.CheckConstraint("year >= 1900 AND year <= 2100", name=op.f("ck_golden_book_year_year_range")),
        sa.ForeignKeyConstraint(
            ["basis_id"], ["document.id"], name=op.f("fk_golden_book_year_basis_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_book_year")),
        sa.UniqueConstraint("year", name=op.f("uq_golden_book_year_year")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("golden_book_year", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_golden_book_year_basis_id"), ["basis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_golden_book_year_title_key"), ["title_key"], unique=False)

    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=True),
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
            ["initiative_id"], ["initiative.id"], name=op.f("fk_adoption_initiative_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_adoption_unit_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("initiative_id", "unit_id", name=op.f("uq_adoption_initiative_id_unit_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoption_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_title_key"), ["title_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "award_round_form",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["award_form.id"], name=op.f("fk_award_round_form_form_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["award_round.id"], name=op.f("fk_award_round_form_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "form_id", name=op.f("pk_award_round_form")),
    )
    with op.batch_alter_table("award_round_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_round_form_form_id"), ["form_id"], unique=False)

    op.create_table(
        "dossier_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf",
                "jpeg",
                "png",
                "docx",
                "xlsx",
                "pptx",
                "odt",
                "ods",
                "doc",
                "xls",
                name="filekind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("size >= 0 AND size <= 2000000000", name=op.f("ck_dossier_file_size_range")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["initiative.id"], name=op.f("fk_dossier_file_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_file")),
        sa.UniqueConstraint("stored", name=op.f("uq_dossier_file_stored")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("dossier_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_file_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_file_title_key"), ["title_key"], unique=False)

    op.create_table(
        "award_decision_basis",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["award_decision.id"], name=op.f("fk_award_decision_basis_decision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_award_decision_basis_document_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("decision_id", "document_id", name=op.f("pk_award_decision_basis")),
    )
    with op.batch_alter_table("award_decision_basis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_decision_basis_document_id"), ["document_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column(
            "vote",
            sa.Enum("for", "against", "absent", name="vote", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("points", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
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
        sa.CheckConstraint("points >= 0 AND points <= 100", name=op.f("ck_score_points_range")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_score_appraisal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("appraisal_id", "full_name", name=op.f("uq_score_appraisal_id_full_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_appraisal_id"), ["appraisal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_title_key"), ["title_key"], unique=False)

    with op.batch_alter_table("award_form", schema=None) as batch_op:
        batch_op.add_column(sa.Column("threshold", sa.Numeric(precision=18, scale=2), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_award_form_threshold_range"), "threshold >= 0 AND threshold <= 100"
        )

    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_on", sa.Date(), nullable=True))

    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.add_column(sa.Column("council_met_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("submitted_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("answered_on", sa.Date(), nullable=True))

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("threshold", sa.Numeric(precision=18, scale=2), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_organisation_threshold_range"), "threshold >= 0 AND threshold <= 100"
        )

    hold_to(new=True)


def downgrade() -> None:
    forget_the_new()
    hold_to(new=False)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_organisation_threshold_range"), type_="check")
        batch_op.drop_column("threshold")

    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_column("answered_on")
        batch_op.drop_column("submitted_on")
        batch_op.drop_column("council_met_on")

    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.drop_column("sent_on")

    with op.batch_alter_table("award_form", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_award_form_threshold_range"), type_="check")
        batch_op.drop_column("threshold")

    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_title_key"))
        batch_op.drop_index(batch_op.f("ix_score_appraisal_id"))

    op.drop_table("score")
    with op.batch_alter_table("award_decision_basis", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_decision_basis_document_id"))

    op.drop_table("award_decision_basis")
    with op.batch_alter_table("dossier_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossier_file_title_key"))
        batch_op.drop_index(batch_op.f("ix_dossier_file_owner_id"))

    op.drop_table("dossier_file")
    with op.batch_alter_table("award_round_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_round_form_form_id"))

    op.drop_table("award_round_form")
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoption_unit_id"))
        batch_op.drop_index(batch_op.f("ix_adoption_title_key"))
        batch_op.drop_index(batch_op.f("ix_adoption_initiative_id"))

    op.drop_table("adoption")
    with op.batch_alter_table("golden_book_year", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_golden_book_year_title_key"))
        batch_op.drop_index(batch_op.f("ix_golden_book_year_basis_id"))

    op.drop_table("golden_book_year")
