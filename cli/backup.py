"""wenbao backup and wenbao restore: copies of the library, the journal and the keys, made while the service runs."""

from __future__ import annotations

from pathlib import Path

from wenbao.cli.opening import bring_up_to_date
from wenbao.cli.printing import out
from wenbao.config.settings import Settings
from wenbao.knowledge import backup


def back_up(settings: Settings, archive: Path) -> None:
    """Write a backup and say what is in it. Raises InvalidRequest or StorageFailed."""
    copies = backup.back_up(settings.data_dir, archive)
    size = archive.stat().st_size / 1_000_000
    out(f"{archive}: {', '.join(copy.name for copy in copies)}; {size:.1f} MB, read over.")


def restore(settings: Settings, archive: Path, force: bool) -> None:
    """Put a backup in the place of what is there, and index it.

    Raises InvalidRequest, ModelUnavailable or StorageFailed.
    """
    kept = backup.restore(archive, settings.data_dir, over=force)
    if kept is not None:
        out(f"What was there before is kept in {kept}.")
    count = bring_up_to_date(settings)
    out(f"Restored, and the index is up to date: {count} paragraphs.")
