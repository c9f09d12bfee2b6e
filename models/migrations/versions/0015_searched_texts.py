"""What lists show is searched, too: no table changes, the searched texts are computed anew.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-27 21:10:00.000000

"""

# revision identifiers, used by Alembic.
revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

rebuilds_keys = True
"""Searched texts are computed anew by the program when this step was taken (`models/migrations/env.py`)."""


def upgrade() -> None:
    """Nothing of the tables changes."""


def downgrade() -> None:
    """Nothing of the tables changed."""
