"""What the form of an item is for, where it is not simply saved: to propose something, or to take a proposal over."""

from dataclasses import dataclass

from app.content import Document


@dataclass(frozen=True)
class Purpose:
    """What is different about such a form.

    Attributes:
        address: where it is sent.
        heading: what the page is called.
        intro: what it is for, in a sentence.
        button: what one presses.
        question: what is asked as the reason; empty where no reason is asked.
        back: the address of where one came from.
        beside: new items that are only proposed and that it may point at, by section.
        place: where what is typed in it is kept as a draft; empty where that is not kept.
        proposer: whose proposal is in the form, to take it over; empty where one's own words are.
    """

    address: str
    heading: str
    intro: str
    button: str
    question: str
    back: str
    beside: Document
    place: str = ""
    proposer: str = ""
