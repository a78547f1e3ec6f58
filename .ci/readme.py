"""Writes into README.md the tables that are read off the code: permissions, settings, the bench."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Fill each marked section anew."""
    from api.settings import render_settings_table
    from benchmarks import report
    from domain.permission_table import permission_table

    text = (ROOT / "README.md").read_text()
    text = _replace_section(text, "permissions", permission_table())
    text = _replace_section(text, "settings", render_settings_table())
    if report.LATEST.exists():
        text = _replace_section(
            text, "bench", report.markdown(json.loads(report.LATEST.read_text()))
        )
    (ROOT / "README.md").write_text(text)


def _replace_section(text: str, name: str, table: str) -> str:
    section = f"<!-- {name} -->\n{table.strip()}\n<!-- /{name} -->"
    return re.sub(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _: section, text, flags=re.DOTALL)


if __name__ == "__main__":
    main()
