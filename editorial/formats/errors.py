"""Error of all parsers."""

from __future__ import annotations


class ParseError(Exception):
    """The input is not in the expected format. A code for machines, and a sentence for people that says what to do."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.message = code, text
        super().__init__(text)


class FeedElsewhere(ParseError):
    """A web page in place of a feed that names one. `url`: the feed's address."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__("FEED_ELSEWHERE", f"This is a web page and not a feed. It names this feed: {url}.")
