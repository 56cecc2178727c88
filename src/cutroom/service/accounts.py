"""Keys and members: what an installation's operator, and owners through the API, look after."""

from collections.abc import Sequence

from cutroom import accounts
from cutroom.accounts import Key, Member
from cutroom.db import Database, reading, writing
from cutroom.errors import NotFound
from cutroom.terms import ORDINARY, Terms
from cutroom.types import Caller


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

    def give_key(self, caller: Caller, namespace: str, name: str, terms: Terms) -> tuple[str, Key]:
        """A new key, and what is known of it, of a namespace that the caller administers.

        Raises Forbidden for terms that are better than those of the caller's own key.
        """
        caller.administer(namespace)
        terms.granted_by(caller)
        with writing(self._engine) as tx:
            made = accounts.create(tx, namespace, name=name, terms=terms)
            return made, accounts.find(tx, made)

    def own_key(self, caller: Caller) -> Key | None:
        """The key that the caller came with; None where none is needed."""
        if not caller.key_id:
            return None
        with reading(self._engine) as tx:
            return accounts.key(tx, caller.key_id)

    def key(self, caller: Caller, key_id: str) -> Key:
        """A key of a namespace that the caller administers. Raises NotFound."""
        with reading(self._engine) as tx:
            found = accounts.key(tx, key_id)
        if found.namespace not in caller.owned:
            raise NotFound
        return found

    def keys(self, namespace: str | None = None) -> Sequence[Key]:
        """The keys of a namespace, or all."""
        with reading(self._engine) as tx:
            return accounts.all_keys(tx, namespace)

    # --- members --------------------------------------------------------------------------
    def admit(self, organisation: str, member: str, role: str = accounts.MEMBER) -> None:
        """Let `member` act and pay for `organisation`, which is made if need be. Raises NotFound."""
        with writing(self._engine) as tx:
            accounts.ensure(tx, organisation, "organisation")
            accounts.admit(tx, organisation, member, role)

    def join(self, organisation: str, member: str, role: str) -> None:
        """Let `member` act for a namespace that is there. Raises NotFound."""
        with writing(self._engine) as tx:
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
