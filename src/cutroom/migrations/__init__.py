"""How the schema grew: alembic revisions, applied by `cutroom.db.upgrade`. Forward only: there is no way back.

A migration only adds, and what it adds may be left out (a test looks): the code of before still works on it,
so servers and workers can be replaced one after the other. What must go, goes a release after the last
code that used it.
"""
