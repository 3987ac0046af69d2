"""Packs the extension for Chromium and for Firefox: `make extension`. The same files give the same bytes, whoever packs them.

To be run, not imported: Python would leave a `__pycache__` here, and Chromium loads no folder that holds such a name.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

EXTENSION = Path(__file__).resolve().parent
ROOT = EXTENSION.parent
OURS = {".css", ".html", ".js", ".json", ".png"}
NOT_PACKED = {"screenshots"}
# Each browser warns about what only the other one knows.
ONLY_FIREFOX = {"browser_specific_settings", "sidebar_action"}
ONLY_CHROMIUM = {"minimum_chrome_version", "side_panel"}


def manifest_for(browser: str) -> dict[str, Any]:
    """The manifest with what this browser knows."""
    manifest = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
    foreign = ONLY_CHROMIUM if browser == "firefox" else ONLY_FIREFOX
    kept = {name: value for name, value in manifest.items() if name not in foreign}
    other_background = "service_worker" if browser == "firefox" else "scripts"
    kept["background"] = {name: value for name, value in manifest["background"].items() if name != other_background}
    if browser == "firefox":
        kept["permissions"] = [name for name in manifest["permissions"] if name != "sidePanel"]
    return kept


def files() -> dict[str, bytes]:
    """What goes into both packages besides the manifest, by its name there."""
    paths = (path.relative_to(EXTENSION) for path in EXTENSION.rglob("*") if path.suffix in OURS)
    names = sorted(path.as_posix() for path in paths if path.parts[0] not in NOT_PACKED and path.name != "manifest.json")
    return {name: (EXTENSION / name).read_bytes() for name in names}


def pack(browser: str, folder: Path) -> Path:
    """Write the package for one browser and return its path."""
    manifest = manifest_for(browser)
    content = {"manifest.json": json.dumps(manifest, ensure_ascii=False, indent=2).encode(), **files()}
    package = folder / f"sidelight-{browser}-{manifest['version']}.zip"
    # Stored, not compressed: one version of zlib packs tighter than another. No time, no owner.
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
    return package


def main() -> None:
    """Pack for both browsers into the folder named, or into dist/."""
    stated = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    version = manifest_for("chromium")["version"]
    if stated is None or stated[1] != version:
        sys.exit(f"manifest.json says {version}, pyproject.toml another version: set it in pyproject.toml, then in the manifest")
    folder = Path(*sys.argv[1:]) if sys.argv[1:] else ROOT / "dist"
    folder.mkdir(exist_ok=True)
    for browser in ("chromium", "firefox"):
        sys.stdout.write(f"{pack(browser, folder)}\n")


if __name__ == "__main__":
    main()
