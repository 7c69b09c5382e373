"""A small IMAP server with one folder, for the commands that the newsroom sends. It records them."""

from __future__ import annotations

import re
import socketserver
from dataclasses import dataclass, field


@dataclass
class Stored:
    """A message in the folder."""

    content: bytes
    deleted: bool = False


@dataclass
class Folder:
    """The folder, and what clients did."""

    messages: dict[int, Stored] = field(default_factory=dict)
    password: str = "secret"  # noqa: S105
    commands: list[str] = field(default_factory=list)
    dies_after: str = ""
    """The server ends the conversation at this command."""

    def add(self, *contents: bytes) -> None:
        for content in contents:
            self.messages[len(self.messages) + 1] = Stored(content)


class ImapServer(socketserver.ThreadingTCPServer):
    """Serves one folder."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.folder = Folder()
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def url(self) -> str:
        return f"imap://desk@127.0.0.1:{self.server_address[1]}/Answers"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.folder: Folder = self.server.folder  # type: ignore[attr-defined]
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, command = line.decode().strip().partition(" ")
            name = " ".join(command.split()[: 2 if command.startswith("UID") else 1])
            self.folder.commands.append(name)
            if name == self.folder.dies_after:
                return
            self.wfile.write(self._answer(name, command) + f"{tag} {self._status(name, command)}\r\n".encode())
            if name == "LOGOUT":
                return

    def _status(self, name: str, command: str) -> str:
        if name == "LOGIN" and f'"{self.folder.password}"' not in command:
            return "NO wrong password"
        if name == "SELECT" and '"Answers"' not in command:
            return "NO no such folder"
        return "OK done"

    def _answer(self, name: str, command: str) -> bytes:
        messages = self.folder.messages
        match name:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n"
            case "SELECT":
                return f"* {len(messages)} EXISTS\r\n".encode()
            case "UID SEARCH":
                found = [str(uid) for uid, each in messages.items() if not each.deleted]
                return f"* SEARCH {' '.join(found)}\r\n".encode()
            case "UID FETCH":
                uid, limit = (int(number) for number in re.findall(r"FETCH (\d+) .*<0\.(\d+)>", command)[0])
                content = messages[uid].content[:limit]
                return f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n"
            case "UID STORE":
                messages[int(command.split()[2])].deleted = True
            case "EXPUNGE":
                for uid in [uid for uid, each in messages.items() if each.deleted]:
                    del messages[uid]
        return b""
