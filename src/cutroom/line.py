"""What waits in the pools, in the order in which it is likely to be taken."""

from collections.abc import Mapping

import sqlalchemy as sa

from cutroom.tables import generations as table
from cutroom.types import Status


def places(tx: sa.Connection) -> Mapping[str, int]:
    """The place of everything queued, by id; 1 is next in its pool.

    A namespace's own are taken in the order of their arrival. Among namespaces a worker draws whose turn
    it is, each as likely as the others; so everybody's first stand before anybody's second.
    """
    waiting = (
        sa.select(
            table.c.id,
            table.c.pool,
            table.c.seq,
            sa.func.row_number()
            .over(partition_by=(table.c.pool, table.c.namespace), order_by=table.c.seq)
            .label("turn"),
        )
        .where(table.c.status == Status.QUEUED)
        .subquery()
    )
    place = sa.func.row_number().over(
        partition_by=waiting.c.pool, order_by=(waiting.c.turn, waiting.c.seq)
    )
    return {row.id: row.place for row in tx.execute(sa.select(waiting.c.id, place.label("place")))}
