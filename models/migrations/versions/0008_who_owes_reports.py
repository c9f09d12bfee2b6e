"""Who owes reports, and how often.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-23 16:00:00.000000

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = ("month", "quarter", "half_year", "year")
ORGANISATION = sa.table(
    "organisation", sa.column("family", sa.String()), sa.column("level", sa.String()), sa.column("reports_every")
)
RECORDED = {"recorded": True}
"""Nobody did this: it is no part of the history."""


def upgrade() -> None:
    # In one statement that both databases know: SQLite would copy the table for a constraint of its own.
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(
        "ALTER TABLE organisation ADD COLUMN reports_every VARCHAR(30)"
        f" CONSTRAINT ck_organisation_periodkind CHECK (reports_every IN ({kinds}))"
    )
    # Until now every district's committee was waited for in every period.
    districts = (ORGANISATION.c.family == "committee") & (ORGANISATION.c.level == "district")
    op.execute(ORGANISATION.update().where(districts).values(reports_every="month"), execution_options=RECORDED)


def downgrade() -> None:
    op.drop_column("organisation", "reports_every")
