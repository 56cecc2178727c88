"""Keys, members and limits: what an installation's operator, and owners through the API, look after."""

from collections.abc import Sequence
from dataclasses import replace

from cutroom import accounts, spending
from cutroom.accounts import Key, Member
from cutroom.db import Database, reading, writing
from cutroom.errors import NotFound
from cutroom.terms import ORDINARY, Limit, Terms


class Accounts:
    """Namespaces and those who act for them."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine

    # --- keys -----------------------------------------------------------------------------
    def create_key(
        self, namespace: str, value: str | None = None, name: str = "", terms: Terms = ORDINARY
    ) -> str:
        """A new key, or `value` as one, of a namespace that is made if need be. Raises InvalidParams."""
        with writing(self._engine) as tx:
            accounts.ensure(tx, namespace)
            return accounts.create(tx, namespace, value, name, terms)

    def revoke_key(self, key: str) -> Key:
        """Make a key useless, told by its id, its prefix or itself. Raises NotFound, InvalidParams."""
        with writing(self._engine) as tx:
            return accounts.revoke(tx, key)

    def keys(self, namespace: str | None = None) -> Sequence[Key]:
        """The keys of a namespace, or all."""
        with reading(self._engine) as tx:
            return accounts.all_keys(tx, namespace)

    # --- limits ---------------------------------------------------------------------------
    def limit_key(self, key: str, limit: Limit | None) -> Key:
        """Give a key, told as `revoke_key` has it, another spend limit, or none.

        What was spent in the period already counts. Raises NotFound, InvalidParams.
        """
        with writing(self._engine) as tx:
            found = accounts.named(tx, key)
            terms = replace(found.terms, limit=limit)
            terms.check()
            spending.limit_key(tx, found.id, limit)
            return replace(found, terms=terms)

    def limit_namespace(self, namespace: str, limit: Limit | None) -> None:
        """Give a namespace another spend limit, or none. Raises NotFound."""
        with writing(self._engine) as tx:
            if not accounts.exists(tx, namespace):
                raise NotFound(f"There is no namespace {namespace}.")
            spending.limit_namespace(tx, namespace, limit)

    def limit_of(self, namespace: str) -> Limit | None:
        """The spend limit of a namespace."""
        with reading(self._engine) as tx:
            return spending.limit_of_namespace(tx, namespace)

    # --- members --------------------------------------------------------------------------
    def admit(self, organisation: str, member: str, role: str = accounts.MEMBER) -> None:
        """Let `member` act and pay for `organisation`, which is made if need be. Raises NotFound."""
        with writing(self._engine) as tx:
            accounts.ensure(tx, organisation, "organisation")
            accounts.admit(tx, organisation, member, role)

    def dismiss(self, organisation: str, member: str) -> None:
        """Let a member act no more. Raises NotFound."""
        with writing(self._engine) as tx:
            accounts.dismiss(tx, organisation, member)

    def members(self, organisation: str) -> Sequence[Member]:
        """Who acts for an organisation, by name. Raises NotFound for a namespace that is not there."""
        with reading(self._engine) as tx:
            if not accounts.exists(tx, organisation):
                raise NotFound(f"There is no namespace {organisation}.")
            return accounts.members_of(tx, organisation)
