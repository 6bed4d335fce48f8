"""A passage that somebody followed a link to, with what stands around it."""

from __future__ import annotations

from wenbao.answers.model import Citation, Document, Surroundings
from wenbao.bot.links import Place

LONGEST = 4000
"""How many characters a link may point to; our own point to no more than a few sentences."""


def passage_at(document: Document, place: Place) -> Surroundings | None:
    """The words at a place, with their paragraphs and the ones around; None where no words stand there."""
    numbers = [one.number for one in document.paragraphs if one.start < place.end and place.start < one.end]
    quote = document.text[place.start : place.end]
    if not numbers or not quote.strip() or place.end - place.start > LONGEST:
        return None
    near = [one for one in document.paragraphs if numbers[0] - 1 <= one.number <= numbers[-1] + 1]
    before, after = document.text[near[0].start : place.start], document.text[place.end : near[-1].end]
    return Surroundings(_citation(document, place, numbers[0], quote), before.lstrip(), after.rstrip())


def _citation(document: Document, place: Place, paragraph: int, quote: str) -> Citation:
    about = document.metadata
    section = next(one.section for one in document.paragraphs if one.number == paragraph)
    return Citation(
        number=1,
        document_id=document.id,
        title=about.title,
        publisher=about.publisher,
        published=about.published,
        year=about.year,
        section=section,
        paragraph=paragraph,
        quote=quote,
        start=place.start,
        end=place.start + len(quote),
        highlights=(),
        url=f"/documents/{document.id}?start={place.start}&end={place.start + len(quote)}#p{paragraph}",
        source_url=about.source_url,
    )
