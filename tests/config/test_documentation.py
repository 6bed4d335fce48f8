"""What the documentation takes from the program says what the program says now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wenbao.cli.reference import documentation

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return documentation(TOP)


@pytest.mark.parametrize("name", [".env.example", "docs/cli.md", "README.md", "README.zh-CN.md", "docs/api.md"])
def test_the_documentation_is_up_to_date(written, name):
    """Settings, --help texts, the transcript and the API's examples: `make docs` writes them anew."""
    assert (TOP / name).read_text(encoding="utf-8") == written[name], "run `make docs`"


PAGES = sorted(path.relative_to(TOP).as_posix() for path in [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES)
def test_no_table_is_still_to_be_filled_in(page):
    """What was measured stands where a page says that it does."""
    assert re.findall(r"^[A-Z_]+_TABLE$", (TOP / page).read_text(encoding="utf-8"), re.MULTILINE) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_repository_leads_somewhere(page):
    """No page names a file that is not there."""
    text = (TOP / page).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not ((TOP / page).parent / link).exists()] == []
