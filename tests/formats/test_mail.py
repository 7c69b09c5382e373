"""Email as programs and attackers write it: no message stops the reader, and what it cannot keep it counts."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from editorial.formats import isolated, mail_body, mail_headers
from editorial.formats.errors import ParseError

ENCLOSED = b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n\r\nEnclosed.\r\n"


def multipart(subtype: str, *parts: bytes) -> bytes:
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/%s; boundary="x"\r\n\r\n' % subtype.encode() + body + b"--x--\r\n"


def text_part(text: bytes, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    return b"Content-Type: " + kind + b"\r\n\r\n" + text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"From: a@b.example\r\n\r\nIt was shut.\r\n", "It was shut."),
        (text_part("Tor zu, früh.".encode()), "Tor zu, früh."),
        (text_part("Tor zu, früh.".encode("latin-1"), b"text/plain; charset=iso-8859-1"), "Tor zu, früh."),
        (text_part("„Tor“".encode("cp1252"), b"text/plain; charset=us-ascii"), "„Tor“"),
        (text_part("früh".encode(), b"text/plain; charset=no-such-charset"), "früh"),
        (text_part("früh".encode("latin-1"), b"text/plain; charset=utf-8"), "früh"),
        (text_part(b"aGVsbG8=", b"text/plain\r\nContent-Transfer-Encoding: base64"), "hello"),
        (text_part(b"!!not base64!!", b"text/plain\r\nContent-Transfer-Encoding: base64"), None),
        (text_part(b"x", b"text/plain; charset=base64"), "x"),
        (text_part(b"a\x00b\x1b[31mc"), None),
        (text_part(b"<p>It was <b>shut</b>.</p><script>alert(1)</script>", b"text/html"), "It was shut."),
        (multipart("alternative", text_part(b"Plain."), text_part(b"<p>HTML.</p>", b"text/html")), "Plain."),
        (multipart("alternative", text_part(b" "), text_part(b"<p>HTML.</p>", b"text/html")), "HTML."),
        (multipart("mixed", text_part(b"<p>HTML.</p>", b"text/html"), text_part(b"Footer.")), "HTML.\n\nFooter."),
        (multipart("mixed", text_part(b"One."), text_part(b"Two.")), "One.\n\nTwo."),
        (b"Content-Type: multipart/mixed\r\n\r\nNo boundary.", None),
        (b"", ""),
        (b"\xff\xfe\x00" * 100, None),
        (b"\r\n" * 1000, ""),
    ],
)
def test_the_text_of_a_message_is_found(raw, text):
    read = mail_body.read(raw)
    assert "\x00" not in read.text
    assert "\x1b" not in read.text
    if text is not None:
        assert read.text == text
    assert bool(read.text) is not bool(read.problem)


def test_attachments_are_counted_and_named_but_not_kept():
    message = EmailMessage()
    message.set_content("See attached.")
    message.add_attachment(b"x" * 1000, maintype="application", subtype="pdf", filename="ledger.pdf")
    message.add_attachment("words", filename="note.txt")
    message.add_attachment(b"x", maintype="image", subtype="png")
    read = mail_body.read(message.as_bytes())
    assert (read.text, read.attachment_count) == ("See attached.", 3)
    assert read.attachments == ("ledger.pdf", "note.txt", "image/png")


def test_a_message_within_the_message_is_an_attachment():
    read = mail_body.read(multipart("mixed", text_part(b"Hello."), ENCLOSED))
    assert (read.text, read.attachments) == ("Hello.", ("message/rfc822",))


def test_only_so_many_parts_and_names_are_read():
    read = mail_body.read(multipart("mixed", *[b"Content-Type: image/png\r\n\r\nx"] * 5000))
    assert 0 < read.attachment_count < 5000
    assert len(read.attachments) == 20


def test_a_long_text_is_shortened():
    read = mail_body.read(text_part(b"word " * 100_000))
    assert (len(read.text), read.shortened) == (mail_body.MAX_TEXT, True)


def test_html_with_too_many_tags_is_not_read():
    assert mail_body.read(text_part(b"<b>" * 200_000, b"text/html")).problem == mail_body.TOO_COMPLEX


def test_a_message_is_read_in_a_process_of_its_own():
    read = isolated.read_mail(text_part("Tor zu, früh.".encode()), seconds=20)
    assert read == mail_body.read(text_part("Tor zu, früh.".encode()))


def test_parts_nested_without_end_do_not_end_the_worker():
    deep = text_part(b"Deep.")
    for number in range(3000):
        boundary = b"b%d" % number
        deep = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            boundary, boundary, deep, boundary,
        )  # fmt: skip
    with pytest.raises(ParseError):
        isolated.read_mail(deep, seconds=20)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Return-Path: <>",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "From: MAILER-DAEMON@mx.example",
        "From: No Reply <noreply@shop.example>",
    ],
)
def test_automatic_email_is_recognised(header):
    assert mail_headers.read(f"{header}\r\n\r\n".encode()).automatic


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "Return-Path: <a@b.example>", "From: a@b.example", "Precedence: list", "X: y"]
)
def test_email_from_people_is_not_automatic(header):
    assert not mail_headers.read(f"{header}\r\n\r\n".encode()).automatic


def test_headers_are_shown_as_stated():
    read = mail_headers.read(
        b"From: =?utf-8?q?J=C3=BCrgen?= <j@b.example>\r\nSubject: two\r\n lines\r\nDate: yesterday\r\n"
        b"Message-ID: <1@b>\r\nAuthentication-Results: mx; dkim=fail\r\n"
        b"Authentication-Results: forged; dkim=pass\r\n\r\n"
    )
    assert (read.sender, read.subject, read.date, read.message_id) == (
        "Jürgen <j@b.example>", "two lines", "yesterday", "<1@b>",
    )  # fmt: skip
    assert read.authentication_results == ("mx; dkim=fail", "forged; dkim=pass")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\r\n\r\n",
        b"Subject: =?no-such-charset?q?x?=\r\n\r\n",
        b"Subject: =?utf-8?b?!!!!?=\r\n\r\n",
        b"Subject: \xff\xfe\xfd\r\n\r\n",
        b"From: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\n",
        b"From: a@b\r\n" * 100_000,
        b": : :\r\n\r\n",
    ],
)
def test_broken_headers_stop_nothing(raw):
    read = mail_headers.read(raw)
    assert len(read.subject) <= 1000
    assert len(read.sender) <= 1000


def test_addresses_are_read_in_lower_case_and_once():
    read = mail_headers.read(
        b"Delivered-To: Real@b.example\r\nTo: A <a@b.example>, a@b.example\r\nCc: c@b.example\r\n\r\n"
    )
    assert (read.delivered_to, read.addressed_to) == (("real@b.example",), ("a@b.example", "c@b.example"))
