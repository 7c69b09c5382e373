"""A URL of each chat service. Nothing is sent to them."""

from editorial.models import ChatService

SECRET = "canary3f8a2b1c9d7e6f5a4b3c2d1e0f"  # noqa: S105 - what a URL must not reveal
URLS = {
    ChatService.BULKSMS: "bulksms://user:password@+15551231234",
    ChatService.CLICKSEND: "clicksend://user:password@+15551231234",
    ChatService.DISCORD: f"discord://123456789012345678/{'a' * 64}",
    ChatService.GOOGLE_CHAT: "gchat://workspace/key/token",
    ChatService.GOTIFY: "gotifys://gotify.example/Aabcdefghijklmn",
    ChatService.MATRIX: "matrixs://user:password@matrix.example/#gates",
    ChatService.MATTERMOST: f"mmosts://chat.example/{SECRET}",
    ChatService.MESSAGEBIRD: f"msgbird://{'a' * 25}/15551231234/15551231235",
    ChatService.NTFY: f"ntfys://desk:{SECRET}@ntfy.example/gates",
    ChatService.PUSHOVER: f"pover://{'u' * 30}@{'t' * 30}",
    ChatService.ROCKET_CHAT: "rockets://user:password@chat.example/#gates",
    ChatService.SINCH: f"sinch://{'a' * 32}:{'b' * 32}@15551231234/15551231235",
    ChatService.SLACK: "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#gates",
    ChatService.TEAMS: "workflows://prod-1.logic.azure.com:443/643e69f83c8944438d68119179a10a64/signature",
    ChatService.TELEGRAM: f"tgram://123456789:{'a' * 35}/12315544",
    ChatService.TWILIO: f"twilio://AC{'a' * 32}:{'b' * 32}@15551231234/15551231235",
    ChatService.VONAGE: f"vonage://{'a' * 8}:{'b' * 16}@15551231234/15551231235",
    ChatService.WEBEX: f"wxteams://{'a' * 80}",
    ChatService.ZULIP: f"zulip://bot@organisation/{'a' * 32}/gates",
}
