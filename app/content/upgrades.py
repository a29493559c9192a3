"""From each released version of the schema to the next: pure functions from document to document."""

from collections.abc import Mapping

from app.content.card_type import Upgrade

UPGRADES: Mapping[int, Upgrade] = {}
"""Version to the function that makes a document of the next version; there is one version so far."""
