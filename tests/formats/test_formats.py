"""Parsing of sheets, feeds, ninjs and pages as they occur in practice."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from editorial.formats import csv_sheet, feeds, ninjs, plain_text, web_page
from editorial.formats.csv_sheet import SheetLine
from editorial.formats.errors import ParseError

FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour Gazette</title>
<item><title>Gate &amp;amp; sluice</title><guid isPermaLink="false">17</guid><link>https://gazette.example/17</link>
<pubDate>Tue, 03 Mar 2026 12:00:00 +0100</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The gate was <b>open</b>.</p><script>alert(1)</script>
<p>All&nbsp;night.</p>]]></content:encoded></item>
<item><guid>https://gazette.example/18</guid><description>A line without a title.</description></item>
<item><guid>https://gazette.example/19</guid></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><title>Sluice</title><id>tag:wire,1</id>
<published>2026-03-03T11:00:00Z</published><updated>2026-03-03T12:30:00Z</updated>
<link href="javascript:alert(1)"/><content type="html">&lt;p&gt;It broke.&lt;/p&gt;</content></entry></feed>"""
PAGE = b"""<html><head><title>The gate | Gazette</title><meta property="og:site_name" content="Harbour Gazette">
<meta property="article:published_time" content="2026-03-03T12:00:00+01:00"></head><body><nav><a href="/">Home</a></nav>
<article><h1>The gate was open all night</h1><p>The gate of the harbour was open all night, said a keeper who had been
there since nine in the evening.</p><script>alert(1)</script><p>Nobody had kept the log, and the siren had been silent
for two weeks before that.</p></article><footer>Imprint</footer></body></html>"""


def lines(text: str, encoding: str = "utf-8") -> list[tuple[int, str]]:
    return [(line.number, line.cells["text"]) for line in csv_sheet.read(text.encode(encoding), max_lines=9).lines]


class TestSheets:
    def test_cells_hold_line_ends_delimiters_and_quotes(self) -> None:
        sheet = 'text,risk\r\n"One, ""two""\r\nthree.",serious\r\n\r\n,,\r\nFour.,\r\n'
        assert lines(sheet) == [(2, 'One, "two"\nthree.'), (6, "Four.")]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_delimiter_and_line_end_is_detected(self, delimiter: str, end: str) -> None:
        sheet = end.join((f"Risk{delimiter}TEXT", f"serious{delimiter}Ä gate.", f"{delimiter}It was open.", ""))
        assert lines(sheet) == [(2, "Ä gate."), (3, "It was open.")]

    def test_a_delimiter_stated_by_the_spreadsheet_is_used(self) -> None:
        assert lines("sep=|\r\ntext|risk\r\nA, b; c|\r\n") == [(3, "A, b; c")]

    @pytest.mark.parametrize(
        ("encoding", "reported"), [("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
    )
    def test_the_encoding_is_detected_and_reported(self, encoding: str, reported: str) -> None:
        sheet = csv_sheet.read("text\nSchleuse: größer – „ja“\n".encode(encoding), max_lines=9)
        assert sheet.lines[0].cells["text"] == "Schleuse: größer – „ja“"
        assert sheet.read_as.startswith(reported)

    def test_values_lost_by_a_spreadsheet_are_reported_by_line(self) -> None:
        read = csv_sheet.read(
            b"text\n=SUM(A1)\n#REF!\n-5 degrees.\n#gate is open.\n+49 was dialled.\n@keeper said so.\n", max_lines=9
        )
        codes = [[problem.code for problem in line.problems] for line in read.lines]
        assert codes == [["FORMULA"], ["FORMULA"], [], [], [], []]

    def test_an_escaped_formula_is_read_as_text(self) -> None:
        assert lines("text\n'=1+1 stood on the wall.\n'-5 degrees.\n'tis so.\n") == [
            (2, "=1+1 stood on the wall."),
            (3, "-5 degrees."),
            (4, "'tis so."),
        ]

    def test_only_a_line_with_too_many_cells_is_reported(self) -> None:
        read = csv_sheet.read(b"text,risk\nA gate, open,serious\nA sluice\n", max_lines=9)
        assert [[trouble.code for trouble in line.problems] for line in read.lines] == [["TOO_MANY_CELLS"], []]
        assert read.lines[1] == SheetLine(3, {"text": "A sluice"})

    def test_an_unclosed_quotation_mark_is_reported_by_line(self) -> None:
        with pytest.raises(ParseError, match="Line 3 cannot"):
            lines('text\nA gate.\n"A sluice.\nA dam.\n')


class TestFeeds:
    def test_rss_is_read_with_its_ids_times_and_texts(self) -> None:
        first, second, third = feeds.read(FEED, url="https://gazette.example/feed")
        assert (first.headline, first.text) == ("Gate & sluice", "The gate was open.\n\nAll night.")
        assert first.uri == "https://gazette.example/feed#17", "a number may be another feed's id too"
        assert (first.link, first.outlet) == ("https://gazette.example/17", "Harbour Gazette")
        assert first.published_at == datetime(2026, 3, 3, 11, tzinfo=UTC)
        assert "<script>" not in first.text
        assert (second.uri, second.headline) == ("https://gazette.example/18", "A line without a title.")
        assert third.problem is not None

    def test_atom_is_read_without_invalid_links(self) -> None:
        (item,) = feeds.read(ATOM, url="https://wire.example/atom")
        assert (item.uri, item.link, item.text) == ("tag:wire,1", "", "It broke.")
        assert item.revised_at == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)

    @pytest.mark.parametrize("content", [b"", b"<html><body>No feed</body></html>", b"{}", b"\xff\x00"])
    def test_a_document_that_is_not_a_feed_is_refused(self, content: bytes) -> None:
        with pytest.raises(ParseError, match="This is not a feed"):
            feeds.read(content, url="https://gazette.example/")

    def test_recursive_and_external_entities_are_harmless(self) -> None:
        laughs = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        bomb = (
            b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">'
            + laughs
            + b"]>"
            + FEED[38:].replace(b"Short", b"&a11;")
        )
        began = time.process_time()  # CPU time: load on the machine does not count
        for content in (bomb, bomb.decode().encode("utf-16")):
            try:
                assert len(str(feeds.read(content, url="https://gazette.example/"))) < 100_000
            except ParseError:
                continue
        assert time.process_time() - began < 5

    def test_the_number_of_entries_is_limited(self) -> None:
        many = b"<rss version='2.0'><channel>" + b"".join(b"<item><title>%d</title></item>" % n for n in range(500))
        assert len(feeds.read(many + b"</channel></rss>", url="https://gazette.example/")) == feeds.MAX_ITEMS


class TestNinjs:
    def test_versions_1_2_and_3_are_read_alike(self) -> None:
        html = "<p>A</p><p>B</p>"
        three = {
            "headlines": [{"role": "main", "value": "Gate"}],
            "bodies": [{"contentType": "text/html", "value": html}],
            "versionCreated": "2026-03-03T12:00:00+01:00",
            "pubStatus": "usable",
            "infoSources": [{"name": "Wire"}],
        }
        two = {
            "headlines": [{"value": "Gate"}],
            "bodies": [{"contenttype": "text/html", "value": html}],
            "versioncreated": "2026-03-03T11:00:00Z",
            "pubstatus": "usable",
            "copyrightholder": "Wire",
        }
        version_1 = {"headline": "Gate", "body_html": html, "versioncreated": "2026-03-03T11:00:00Z", "source": "Wire"}
        for document in (three, two, version_1):
            (item,) = ninjs.read({"uri": "urn:1", **document})
            assert (item.headline, item.text, item.outlet) == ("Gate", "A\n\nB", "Wire")
            assert item.revised_at == datetime(2026, 3, 3, 11, tzinfo=UTC)
            assert item.problem is None

    @pytest.mark.parametrize("name", ["embargoedUntil", "embargoed"])
    def test_an_embargo_is_read_under_its_current_and_its_former_name(self, name: str) -> None:
        (item,) = ninjs.read([{"uri": "urn:1", "headlines": [{"value": "Gate"}], name: "2026-03-04T06:00:00Z"}])
        assert item.embargo_until == datetime(2026, 3, 4, 6, tzinfo=UTC)


class TestPages:
    def test_an_article_is_extracted_from_its_page(self) -> None:
        item = web_page.read(PAGE, url="https://gazette.example/17", content_type="text/html; charset=utf-8")
        assert item.headline == "The gate was open all night"
        assert "Nobody had kept the log" in item.text
        assert "alert" not in item.text
        assert "Imprint" not in item.text
        assert (item.outlet, item.published_at) == ("Harbour Gazette", datetime(2026, 3, 3, 11, tzinfo=UTC))
        assert item.raw == PAGE.decode()

    def test_a_document_that_is_not_a_page_is_refused_by_its_type(self) -> None:
        with pytest.raises(ParseError, match="application/pdf"):
            web_page.read(b"%PDF-", url="https://gazette.example/17.pdf", content_type="application/pdf")


def test_plain_text_keeps_the_words_of_markup_and_no_code() -> None:
    assert plain_text.from_markup(
        "<p>One<br>two &amp; <i>three</i></p><style>p{}</style><ul><li>four<li>five</ul>"
    ) == ("One\ntwo & three\n\nfour\nfive")
    assert plain_text.from_markup("5 < 6 & 7 > 3") == "5 < 6 & 7 > 3"
    assert plain_text.from_markup("&lt;script&gt;alert(1)&lt;/script&gt;") == "<script>alert(1)</script>", (
        "text about markup stays"
    )
    assert plain_text.from_markup("a\x00b\u202ec\r\n\r\n\r\n\r\nd") == "abc\n\nd"
    assert len(plain_text.headline("word " * 100)) <= 200
