"""What the form of an item is for, where it is not simply saved: to propose something, or to take a proposal over."""

from dataclasses import dataclass


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
        proposer: whose proposal is in the form, to take it over; empty where one's own words are.
    """

    address: str
    heading: str
    intro: str
    button: str
    question: str
    back: str
    proposer: str = ""
