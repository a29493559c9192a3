"""The words that people say beside a card, in normal form."""

import unicodedata

from app.content.clean import clean_text
from app.content.overleg import LONGEST_TEXT
from app.content.problems import InvalidCard
from app.services.errors import InvalidInput


def spoken(text: str, field: str, missing: str = "") -> str:
    """What somebody wrote, in normal form.

    Args:
        text: what was written.
        field: what a problem is about.
        missing: what is said where there are no words; empty where there need be none.

    Raises:
        InvalidInput: there are no words, too many, or signs that cannot be kept.
    """
    try:
        words = clean_text(text)
    except InvalidCard as refusal:
        raise InvalidInput({field: refusal.problems[0].message}) from None
    if missing and not any(unicodedata.category(sign)[0] not in "ZC" for sign in words):
        raise InvalidInput({field: missing})
    if len(words) > LONGEST_TEXT:
        raise InvalidInput({field: f"Maak dit korter: hoogstens {LONGEST_TEXT} tekens."})
    return words
