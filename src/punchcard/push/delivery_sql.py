"""What a batch of deliveries changes about phones, in a statement each."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.database import Connection, execute
from punchcard.foundation.ids import digest

from .model import Phone


async def forget_gone(db: Connection, gone: Sequence[tuple[UUID, Phone]]) -> None:
    """Forget these phones, those that are still reached where the message went."""
    if not gone:
        return
    rows = sorted(gone, key=lambda each: (each[0], each[1].installation))
    members = [member_id for member_id, _ in rows]
    installations = [phone.installation for _, phone in rows]
    await disown(db, [digest(phone.address) for _, phone in rows], members, installations)
    await forget(db, members, installations, [phone.address for _, phone in rows])


async def disown(
    db: Connection, hashes: Sequence[bytes], members: Sequence[UUID], installations: Sequence[str]
) -> None:
    """Nobody is reached at these addresses, where it was these phones."""
    await execute(
        db,
        """
        delete from push_address using unnest($1::bytea[], $2::uuid[], $3::text[]) as gone (hash, member, phone)
         where address_hash = gone.hash and member_id = gone.member and installation = gone.phone
        """,
        hashes,
        members,
        installations,
    )


async def forget(
    db: Connection, members: Sequence[UUID], installations: Sequence[str], addresses: Sequence[str]
) -> None:
    """Forget these phones, those that are still reached at these addresses."""
    await execute(
        db,
        """
        delete from phone using unnest($1::uuid[], $2::text[], $3::text[]) as gone (member, phone, address)
         where phone.member_id = gone.member and phone.installation = gone.phone and phone.address = gone.address
        """,
        members,
        installations,
        addresses,
    )
