"""What may stand in an address; anything else is not found."""

import re

from werkzeug.routing import BaseConverter


class KaartConverter(BaseConverter):
    """The id of a card."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class RevisionConverter(BaseConverter):
    """A revision: an opaque word."""

    regex = "[0-9a-z]{4,64}"


class KeyConverter(BaseConverter):
    """A key of the schema or of the workflow."""

    regex = "[a-zA-Z][a-zA-Z0-9_]{0,59}"


class ItemConverter(BaseConverter):
    """The id of an item of a card."""

    regex = "[a-z][a-z0-9-]{0,39}"


class LinkConverter(BaseConverter):
    """What stands in the link of an invitation."""

    regex = "[A-Za-z0-9_-]{20,100}"


CONVERTERS = {
    "kaart": KaartConverter,
    "revision": RevisionConverter,
    "key": KeyConverter,
    "item": ItemConverter,
    "link": LinkConverter,
}


def is_kaart_id(text: str) -> bool:
    """Whether a text can be the id of a card."""
    return re.fullmatch(KaartConverter.regex, text) is not None


def is_item_id(text: str) -> bool:
    """Whether a text can be the id of an item."""
    return re.fullmatch(ItemConverter.regex, text) is not None


def is_revision(text: str) -> bool:
    """Whether a text can be a revision."""
    return re.fullmatch(RevisionConverter.regex, text) is not None
