"""Articles from pasted text."""

from __future__ import annotations

from editorial.formats import links, plain_text
from editorial.formats.errors import ParseError
from editorial.formats.news_item import NewsItem


def read(text: str, *, url: str, headline: str = "", is_markup: bool = True) -> NewsItem:
    """The article. Its first line is the headline unless one is given.

    `is_markup`: it may contain HTML; otherwise it is known to be plain text.
    """
    plain_text.check_complexity(text)
    body_text = plain_text.from_markup(text) if is_markup else plain_text.clean(text)
    if not body_text:
        raise ParseError("EMPTY", "The text contains only blanks or markup. Paste the article's text.")
    first, _, rest = body_text.partition("\n")
    if not headline and rest.strip() and len(first) <= 200:
        headline, body_text = first, rest.strip()
    return NewsItem(
        uri=url,
        headline=plain_text.headline(headline) or plain_text.headline(body_text),
        text=body_text,
        raw=plain_text.clean(text),
        link=url,
        outlet=links.host(url),
    )
