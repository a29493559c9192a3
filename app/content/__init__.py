"""What a card is: its types, validation, changes, merge, workflow and written forms.

Pure: this room reads no files, no clock, no network, and knows neither Flask nor git.
A card in memory is the plain document (dict and list) that its schema describes.
"""

from typing import Any

Document = dict[str, Any]
Path = tuple[str, ...]
"""Where something stands on a card: section, item id, field, id of a nested item, field."""
HEAD = "kaart"
"""The one section that every card type has: it holds what the program itself must know by name
(`id`, `schema`, `regioschema`, `toestand`)."""
