"""What each command does, by what it is about. Whatever is slow to import is imported when its command runs."""

from .promising import check_file, publish_file
from .running import play_demo, serve, work
from .upkeep import add_operator, audit_all, migrate

__all__ = ["add_operator", "audit_all", "check_file", "migrate", "play_demo", "publish_file", "serve", "work"]
