"""The words of a sheet, in English; the catalogues hold them in the other languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

Say = Callable[[str, str], str]
"""Returns in a language (`zh`) what is written in English."""

Words = Mapping[str, Mapping[str, str]]
"""By language, then by the English text."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def mark(text: str) -> str:
    """Return `text` as it is: marks a sentence for translation."""
    return text


TITLE = mark("Order of intent")
WHAT_IT_IS = mark(
    "This sheet records the terms on which both parties said they intend to trade. It is an order of intent:"
    " it is not a qualified electronic signature, and whether it binds as a contract is for the parties and"
    " the law that governs them to say."
)
HOW_TO_CHECK = mark(
    "This file carries the same terms as data (order-of-intent.json) and the electronic seal of the fair over"
    " every byte of it. Any PDF reader that checks signatures, or the command below, tells without a network"
    " whether something was changed since."
)
A_COPY = mark(
    "This is a copy for reading, without a seal. What was signed stands in the sealed sheet of each order of"
    " intent."
)
LABELS = (
    mark("Negotiation"),
    mark("What happened"),
    mark("Offers"),
    mark("Made"),
    mark("Offer"),
    mark("Version"),
    mark("Seller"),
    mark("Buyer"),
    mark("Room at the fair"),
    mark("Written by"),
    mark("Written"),
    mark("Product"),
    mark("Quantity"),
    mark("Unit price"),
    mark("Amount"),
    mark("Price breaks"),
    mark("from"),
    mark("Total"),
    mark("Terms"),
    mark("Currency"),
    mark("Delivery"),
    mark("Lead time in days"),
    mark("Payment"),
    mark("Valid until"),
    mark("Notes"),
    mark("Where it began"),
    mark("Show"),
    mark("Time in the show"),
    mark("Private call"),
    mark("Signatures"),
    mark("Signed for the seller"),
    mark("Signed for the buyer"),
    mark("Not signed"),
    mark("Account"),
    mark("Time"),
    mark("Agreed to these words"),
    mark("Proof"),
    mark("SHA-256 of the terms"),
    mark("Seal of the fair"),
    mark("Key of the fair"),
    mark("Certificate of the fair"),
    mark("How to check this file"),
    mark("not given"),
)
SENTENCES = (TITLE, WHAT_IT_IS, HOW_TO_CHECK, A_COPY, *LABELS)


def words_in(languages: Iterable[str], say: Say) -> Words:
    """Return every word of a sheet in each of the languages."""
    return {language: {text: say(language, text) for text in SENTENCES} for language in languages}
