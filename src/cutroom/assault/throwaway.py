"""Two tenants for the length of an attack, made beside the data folder."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import time

from cutroom.assault.ground import Tenant
from cutroom.service import Service
from cutroom.settings import Settings
from cutroom.terms import Terms
from cutroom.types import Scope

OWNER, STRANGER = "cutroom.doctor.owner", "cutroom.doctor.stranger"
"""The namespaces; they stay, empty, and are used again the next time."""
CREDIT = 30_000_000
"""Micro-dollars that each may hold for generations, none of which succeeds."""
SECONDS = 3600
"""That a key lives for if nobody is left to revoke it."""


@contextmanager
def tenants(settings: Settings) -> Iterator[tuple[Tenant, Tenant]]:
    """An owner and a stranger, whose keys are revoked at the end of the block. Raises Unreachable."""
    with closing(Service.open(settings)) as service:
        made = []
        try:
            for namespace in (OWNER, STRANGER):
                terms = Terms(frozenset(Scope), int(time()) + SECONDS)
                key = service.accounts.create_key(namespace, name="doctor --security", terms=terms)
                made.append(Tenant(namespace, key))
                lacking = CREDIT - service.balance(namespace).free
                if lacking > 0:
                    service.add_credit(namespace, lacking, "for cutroom doctor --security")
            yield made[0], made[1]
        finally:
            for tenant in made:
                service.accounts.revoke_key(tenant.key)
