"""Chat and phone: added, tested and removed in the admin; the URL is never rendered."""

from __future__ import annotations

from editorial.models import ChatChannel, Delivery, Event
from tests.admin.conftest import page_text

URL = "tgram://123456789:canarycanarycanarycanarycanarycanary/12315544"


def test_a_channel_is_added_tested_and_removed(room, visit):
    browser = visit("rosa")
    added = browser.submit(ChatChannel, "chat_channel.add", url=URL, kinds=["alert"])
    channel = ChatChannel.objects.get()
    assert added.status_code == 302
    page = browser.page(channel)
    assert "No messages yet." in page_text(page)
    assert "Telegram" in page_text(page)
    assert browser.submit(channel, "chat_channel.send_test").status_code == 302
    Delivery.objects.update(state="failed", error="HTTP_404", attempts=2)
    page = browser.page(channel)
    assert "2 attempts – HTTP_404" in page_text(page)
    assert "canary" not in page.content.decode()
    assert browser.submit(channel, "chat_channel.remove").status_code == 302
    channel.refresh_from_db()
    assert channel.encrypted_url is None
    assert browser.page(channel).status_code == 302
    names = Event.objects.filter(stream=f"chatchannel:{channel.pk}").order_by("number").values_list("action", flat=True)
    assert list(names) == ["chat_channel.add", "chat_channel.send_test", "chat_channel.remove"]


def test_a_refused_url_is_not_rendered(visit):
    refused = visit("rosa").submit(ChatChannel, "chat_channel.add", url="slack://canary")
    assert refused.status_code == 422
    assert "Compare it with the service" in page_text(refused)
    assert "canary" not in refused.content.decode()


def test_editors_add_a_room_of_their_desk(visit, politics, city):
    room = {"url": URL, "desk_id": str(politics.pk)}
    assert visit("edith").submit(ChatChannel, "chat_channel.add.desk", **room).status_code == 302
    channel = ChatChannel.objects.get()
    assert (channel.desk, channel.user) == (politics, None)
    assert "The Politics desk" in page_text(visit("edgar").listing(ChatChannel))
    assert "Politics desk" not in page_text(visit("ada").listing(ChatChannel))
    assert visit("rosa").page(channel).status_code == 302
    assert visit("rosa").open_form(ChatChannel, "chat_channel.add.desk").status_code == 403
    assert visit("edith").submit(ChatChannel, "chat_channel.add.desk", url=URL, desk_id=str(city.pk)).status_code == 422
