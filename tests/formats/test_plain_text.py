"""Markup is what is labelled or known as markup. Everything else is the source's words."""

from __future__ import annotations

import pytest

from editorial.formats import feeds, ninjs, plain_text, web_page
from editorial.formats.errors import ParseError

URL = "https://wire.example/feeds/harbour"


def atom(entry: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><id>urn:x:1</id>{entry}</entry></feed>'.encode()


def rss(item: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Wire</title><item>{item}</item></channel></rss>'.encode()


def test_atom_text_is_taken_letter_for_letter() -> None:
    (item,) = feeds.read(
        atom(
            '<title type="text">Keep &lt;b&gt; if p&lt;q and r&gt;s</title>'
            "<summary>Pay &lt;sum&gt; &amp;amp; go.</summary>"
        ),
        url=URL,
    )
    assert (item.headline, item.text) == ("Keep <b> if p<q and r>s", "Pay <sum> &amp; go.")


def test_atom_html_is_read_as_html() -> None:
    (item,) = feeds.read(atom('<title type="html">Keep &lt;b&gt;it&lt;/b&gt; &amp;amp; go</title>'), url=URL)
    assert item.headline == "Keep it & go"


def test_only_known_elements_are_taken_out_of_rss() -> None:
    (item,) = feeds.read(
        rss("<title>No &lt;marquee&gt;, &lt;b&gt;bold&lt;/b&gt; &lt;name&gt; if p&lt;q and r&gt;s</title>"), url=URL
    )
    assert item.headline == "No <marquee>, bold <name> if p<q and r>s"


def test_nothing_is_added_after_a_bare_ampersand() -> None:
    (item,) = feeds.read(
        rss(
            "<title>B&B, S&P; P&L &eacute;t&#233; &amp; more</title><link>https://wire.example/?a=1&copy=2</link>"
            "<description><![CDATA[<p>R&amp;D and M&A</p>]]></description>"
        ),
        url=URL,
    )
    assert item.headline == "B&B, S&P; P&L été & more"
    assert (item.text, item.link) == ("R&D and M&A", "https://wire.example/?a=1&copy=2")


def test_ninjs_takes_headlines_and_labelled_text_letter_for_letter() -> None:
    old, new, marked = ninjs.read(
        [
            {"uri": "urn:1", "headline": "If p<q and r>s, &amp; so on", "body_text": "Sign the <form> or <b>not</b>."},
            {"uri": "urn:2", "bodies": [{"contentType": "text/plain; charset=utf-8", "value": "1 <b> 2 </b>"}]},
            {"uri": "urn:3", "headlines": [{"contentType": "text/html", "value": "A <i>gate</i>"}]},
        ]
    )
    assert (old.headline, old.text) == ("If p<q and r>s, &amp; so on", "Sign the <form> or <b>not</b>.")
    assert (new.text, marked.headline) == ("1 <b> 2 </b>", "A gate")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Fill in the <form> today", "Fill in the <form> today"),
        ("See ?a=1&copy=2&para=3", "See ?a=1&copy=2&para=3"),
        ("<a href='https://x.example'>Read", "Read"),
        ("One<br>two<p>three", "One\ntwo\n\nthree"),
        ("<script>evil()</script>Words", "Words"),
        ("a <!-- b", "a <!-- b"),
        ("a <!-- b --> c", "a c"),
    ],
)
def test_what_is_no_element_or_entity_is_text(markup: str, text: str) -> None:
    assert plain_text.from_markup(markup) == text


def test_composed_and_decomposed_words_are_one_version() -> None:
    composed, decomposed = ninjs.read(
        [{"uri": "urn:1", "headline": "Caf\u00e9\u00a0shut"}, {"uri": "urn:1", "headline": "Cafe\u0301 shut"}]
    )
    assert composed.digest == decomposed.digest


def test_a_page_of_plain_text_is_taken_letter_for_letter() -> None:
    item = web_page.read(b"Sluice\n\nShut if p<b and r>s: <b>now</b>.", url=URL, content_type="text/plain")
    assert item.text == "Shut if p<b and r>s: <b>now</b>."


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text/plain; charset=windows-1251", "cp1251"), ('text/plain;charset="koi8-r"', "koi8-r")],
)
def test_the_encoding_that_a_page_states_is_believed(content_type: str, encoding: str) -> None:
    item = web_page.read("Шлюз\n\nЗакрыт.".encode(encoding), url=URL, content_type=content_type)
    assert (item.headline, item.text) == ("Шлюз", "Закрыт.")


def test_an_article_about_entities_defines_none() -> None:
    (item,) = feeds.read(
        rss("<title>Why &lt;!ENTITY is banned</title><description><![CDATA[<!ENTITY]]></description>"), url=URL
    )
    assert item.headline == "Why <!ENTITY is banned"
    with pytest.raises(ParseError, match="entities"):
        feeds.read(b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("<title>&a;</title>"), url=URL)
