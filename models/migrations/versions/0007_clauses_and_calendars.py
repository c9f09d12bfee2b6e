"""Clauses of plans, visits, recommendations, links to calendars.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-23 16:10:00.000000

"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY_TEXT = sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql")
MEASURES = (
    "tasks",
    "movements",
    "registrations",
    "models",
    "clubs",
    "launches",
    "workshops",
    "trainings",
    "publicity",
    "contests",
    "inspections",
    "supervisions",
    "criticisms",
    "conferences",
    "festivals",
    "pilot_areas",
    "initiatives",
    "nominations",
    "reports",
    "guidance",
    "plans",
    "media",
)


def kept() -> Iterator[sa.Column[Any]]:
    """What every record has."""
    yield sa.Column("version", sa.Integer(), nullable=False)
    yield sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)
    yield sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False)
    yield sa.Column("sample", sa.Boolean(), nullable=False)
    yield sa.Column("search_text", sa.Text(), nullable=False)
    yield sa.Column("title_key", KEY_TEXT, nullable=False)


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_link_token_hash")),
    )
    op.create_table(
        "clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("doer", sa.String(length=200), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        *kept(),
        sa.CheckConstraint("place >= 0 AND place <= 2000000000", name=op.f("ck_clause_place_range")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_clause_document_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_clause_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
        sa.UniqueConstraint("code", name=op.f("uq_clause_code")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_clause_document_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("clause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clause_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clause_title_key"), ["title_key"], unique=False)

    op.create_table(
        "clause_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(*MEASURES, name="measure", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        *kept(),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["clause.id"], name=op.f("fk_clause_measure_clause_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause_measure")),
        sa.UniqueConstraint("clause_id", "measure", name=op.f("uq_clause_measure_clause_id_measure")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("clause_measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_measure_clause_id"), ["clause_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clause_measure_title_key"), ["title_key"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("sent_to", sa.String(length=200), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        *kept(),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_recommendation_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_title_key"), ["title_key"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("office", sa.String(length=200), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column(
            "part",
            sa.Enum(
                "whole", "morning", "afternoon", name="daypart", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("leader_key", KEY_TEXT, nullable=False),
        *kept(),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_visit_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_leader_key"), ["leader_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_title_key"), ["title_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_title_key"))
        batch_op.drop_index(batch_op.f("ix_visit_person_id"))
        batch_op.drop_index(batch_op.f("ix_visit_leader_key"))
        batch_op.drop_index(batch_op.f("ix_visit_event_id"))

    op.drop_table("visit")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_title_key"))
        batch_op.drop_index(batch_op.f("ix_recommendation_event_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("clause_measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clause_measure_title_key"))
        batch_op.drop_index(batch_op.f("ix_clause_measure_clause_id"))

    op.drop_table("clause_measure")
    with op.batch_alter_table("clause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clause_title_key"))
        batch_op.drop_index(batch_op.f("ix_clause_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_clause_document_id"))

    op.drop_table("clause")
    op.drop_table("calendar_link")
