"""Files that people and the app upload, as Slack describes them, and who may fetch their bytes."""

import re
from dataclasses import dataclass
from mimetypes import guess_type
from urllib.parse import quote

from bot.sandbox.slack.world import Json, World

BYTES_MAX = 10 * 1024 * 1024  # Slack docs, file_input: "There is a 10MB file size limit."
_MIMETYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_FILETYPES = {  # Slack docs, objects/file-object: most are the extension, these are not
    "txt": "text",
    "jpeg": "jpg",
    "md": "markdown",
    "js": "javascript",
    "py": "python",
    "yml": "yaml",
    "htm": "html",
}


def extension(name: str) -> str:
    """What stands after the last dot of a file's name, in small letters; "" if there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


@dataclass
class File:
    """An upload: announced with its length, then filled, then shared. `created`: seconds since 1970."""

    id: str
    name: str
    length: int
    user: str = ""
    mimetype: str = ""
    created: int = 0
    content: bytes | None = None
    shared: bool = False
    title: str = ""

    def as_json(self, world: World, base_url: str) -> Json:
        """The file object of files.info and of a file_input (Slack docs, objects/file-object)."""
        told = self.mimetype if _MIMETYPE.fullmatch(self.mimetype) else None
        quoted = quote(self.name, safe="")
        private = f"{base_url}/files-pri/{world.team_id}-{self.id}"
        kind = _FILETYPES.get(extension(self.name), extension(self.name)) or "binary"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": told or guess_type(self.name)[0] or "application/octet-stream",
            "filetype": kind,
            "pretty_type": kind.upper() if len(kind) <= len("json") else kind.capitalize(),
            "user": self.user,
            "user_team": world.team_id,
            "editable": False,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": self.shared,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{private}/{quoted}",
            "url_private_download": f"{private}/download/{quoted}",
            "permalink": f"https://{world.team_domain}.slack.com/files/{self.user}/{self.id}/{quoted}",
            "has_rich_preview": False,
            "file_access": "visible",
        }
