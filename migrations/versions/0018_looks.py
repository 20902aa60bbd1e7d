"""What reviewers said of the items of their queues; audit answers that were taken back; nearly linked families"""

import sqlalchemy as sa
from alembic import op

from monitor.core import db

revision = '0018'
down_revision = '0017'


def upgrade() -> None:
    op.add_column('audit_answers', sa.Column('undone_at', db.UtcDateTime(timezone=True), nullable=True))
    op.add_column('linkings', sa.Column('related', db.CanonicalJson(), nullable=True))
    op.create_table(
        'looks',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('queue', sa.String(length=12), nullable=False),
        sa.Column('subject', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('who', sa.String(length=120), nullable=False),
        sa.Column('at', db.UtcDateTime(timezone=True), nullable=False),
        sa.Column('is_final', sa.Boolean(), nullable=False),
        sa.Column('shown', db.CanonicalJson(), nullable=False),
        sa.Column('verdict', sa.String(length=16), nullable=False),
        sa.Column('cooperation', sa.Boolean(), nullable=True),
        sa.Column('agreements', db.CanonicalJson(), nullable=True),
        sa.Column('topics', db.CanonicalJson(), nullable=True),
        sa.Column('is_in_force', sa.Boolean(), nullable=False),
        sa.Column('corrections', db.CanonicalJson(), nullable=False),
        sa.Column('audit_answer_id', sa.Integer(), nullable=True),
        sa.Column('undone_at', db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_looks_article_id_articles')),
        sa.ForeignKeyConstraint(
            ['audit_answer_id'], ['audit_answers.id'], name=op.f('fk_looks_audit_answer_id_audit_answers')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_looks')),
    )
    op.create_index('ix_looks_queue_subject', 'looks', ['queue', 'subject'])
    op.create_index('ix_looks_who', 'looks', ['who'])


def downgrade() -> None:
    op.drop_table('looks')
    # an older program would take an answer that was taken back for one that holds
    op.execute(sa.text('DELETE FROM audit_answers WHERE undone_at IS NOT NULL'))
    with op.batch_alter_table('linkings') as batch:
        batch.drop_column('related')
    with op.batch_alter_table('audit_answers') as batch:
        batch.drop_column('undone_at')
