"""The path prefix below which a proxy, or another ASGI application, serves this one.

A proxy that removes the prefix needs no setting: every address in our pages is relative. One that
passes it on, or an application that mounts this one, has it removed here.
"""

from starlette.types import Scope

REDIRECT_BASE = "redirect_base"
"""The key of a scope with what leads from a prefix without a slash into it."""


def remove_prefix(scope: Scope, root_path: str) -> Scope:
    """Return the scope of a request without its prefix: that of the mount, or else the setting."""
    prefix, path = scope.get("root_path") or root_path, scope["path"]
    if not prefix or not f"{path}/".startswith(f"{prefix}/"):
        return scope
    inner = {**scope, "root_path": "", "path": path.removeprefix(prefix) or "/"}
    if path == prefix:
        inner[REDIRECT_BASE] = f"{prefix.rpartition('/')[2]}/"
    return inner
