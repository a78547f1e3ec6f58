"""Write the generated parts of README.md and docs/: permissions, settings and benchmark tables.

A generated part stands between `<!-- name -->` and `<!-- /name -->`. With `--check` nothing is
written, and the exit code is 1 when a part is stale.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

Sections = Mapping[str, Mapping[str, str]]
"""The generated text by section name, by the page's path below the root."""


def main() -> int:
    """Write the stale pages, or only name them with `--check`."""
    is_check = "--check" in sys.argv[1:]
    stale = dict(find_stale_pages())
    for path, text in stale.items():
        print(
            f"{path.relative_to(ROOT)} {'is stale. Run: make docs' if is_check else 'is written.'}"
        )
        if not is_check:
            path.write_text(text)
    return 1 if stale and is_check else 0


def find_stale_pages() -> Iterator[tuple[Path, str]]:
    """Yield each page whose generated parts are stale, with its new text."""
    for name, sections in build_sections().items():
        path = ROOT / name
        text = path.read_text()
        updated = text
        for section, content in sections.items():
            updated = _replace_section(updated, section, content)
        if updated != text:
            yield path, updated


def build_sections() -> Sections:
    """Generate every section from the code and from the latest benchmark results."""
    from api.settings_table import render_settings_table
    from benchmarks import report
    from domain.permission_table import render_permission_table
    from domain.platform.acts import render_act_table

    results = json.loads(report.LATEST_RESULTS.read_text())
    return {
        "README.md": {"bench-summary": report.render_summary(results)},
        "docs/permissions.md": {
            "permissions": render_permission_table(),
            "platform": render_act_table(),
        },
        "docs/configuration.md": {"settings": render_settings_table()},
        "docs/benchmarks.md": {"bench": report.render_markdown(results)},
        "docs/adding-a-concept.md": {
            name: _quote_python(ROOT / "tests" / "miniature" / f"{name.replace('-', '_')}.py")
            for name in ("note-model", "note-table", "note-graph")
        },
    }


def _quote_python(path: Path) -> str:
    """Return a module as a fenced block, without its docstring."""
    code = path.read_text().partition('"""\n\n')[2]
    return f"```python\n{code.strip()}\n```"


def _replace_section(text: str, name: str, content: str) -> str:
    section = f"<!-- {name} -->\n{content.strip()}\n<!-- /{name} -->"
    pattern = f"<!-- {name} -->.*?<!-- /{name} -->"
    updated, count = re.subn(pattern, lambda _: section, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(
            f"The page needs the section {name} exactly once, and has it {count} times."
        )
    return updated


if __name__ == "__main__":
    sys.exit(main())
