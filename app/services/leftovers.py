"""What a program that died left of cards on their way: done to the end, or removed."""

import logging

from app.content.letters import RECEIPT
from app.services.desk import Desk
from app.services.errors import ServiceError, without_message
from app.services.parcels import KEPT, unpacked
from app.services.receipts import was_read_in
from app.services.taking_in import finish, has_arrived
from app.storage.errors import StoreError
from app.storage.quarantine import Parcel

_log = logging.getLogger("kaarten.leftovers")


def clear(desk: Desk) -> None:
    """Finish what was decided and not done to the end; remove what nobody decided on in time. Holds up no start."""
    try:
        desk.travels.sweep()
        desk.quarantine.sweep(desk.clock() - KEPT)
        for parcel in desk.quarantine.all():
            _clear(desk, parcel)
    except StoreError as error:
        _log.error("not looked for what is left of packages: %s", without_message(error))


def _clear(desk: Desk, parcel: Parcel) -> None:
    try:
        if parcel.refused:
            return  # decided; nothing but what is known of it is left
        if parcel.kind == RECEIPT and was_read_in(desk, parcel):
            desk.quarantine.remove(parcel.id)
        elif parcel.kind and parcel.kind != RECEIPT and has_arrived(desk, parcel):
            finish(desk, unpacked(desk, parcel))
    except (ServiceError, StoreError) as error:
        _log.error("left of a package: %s: %s", parcel.id, without_message(error))
