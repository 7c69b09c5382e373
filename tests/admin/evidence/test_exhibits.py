"""Archived copies: attached, and downloaded but never rendered."""

from __future__ import annotations

from io import BytesIO

from django.urls import reverse

from editorial.models import Exhibit
from tests.admin.conftest import assert_done


def test_an_archived_copy_is_returned_unchanged(room, visit):
    said = room.says(room.person(), room.claim())
    given = {"title": "Log", "text": "<script>x</script>", "desk_id": str(room.desk.pk)}
    assert_done(visit("rosa").submit(said, "exhibit.attach", **given), said)
    assert said.exhibit.text == "<script>x</script>"
    assert b"<script>x</script>" not in visit("rosa").page(said.exhibit).content


def test_an_archived_file_is_downloaded_and_never_rendered(room, visit):
    file = BytesIO(b"<script>x</script>")
    file.name = "who-gave-it.html"
    given = {"title": "Page", "file": file, "desk_id": str(room.desk.pk)}
    assert_done(visit("rosa").submit(Exhibit, "exhibit.attach", **given))
    exhibit = Exhibit.objects.get()
    answer = visit("rosa").client.get(reverse("admin:editorial_exhibit_file", args=[exhibit.pk]))
    assert b"".join(answer.streaming_content) == b"<script>x</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert "who-gave-it" not in str(answer.headers)
    assert visit("cleo").client.get(reverse("admin:editorial_exhibit_file", args=[exhibit.pk])).status_code == 404
