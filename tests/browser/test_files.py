"""What the extension's files promise, held without a browser."""

import json
import re
from pathlib import Path

import pytest

from index.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "extension"
PAGE = ROOT / "api" / "page"
SCRIPTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for folder in (EXTENSION, PAGE) for path in folder.rglob("*.js")}
MARKUP = {
    path.name: path.read_text(encoding="utf-8") for path in [*EXTENSION.glob("*.html"), EXTENSION / "manifest.json", PAGE / "index.html"]
}
LOCALES = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in EXTENSION.glob("_locales/*/messages.json")}
MESSAGES = LOCALES["en"]
# Keys put together from what the service answers: a prefix here stands for all that begin so.
MADE_UP = ("claims_", "card_neutral_", "kind_", "problem_", "says_", "sign_", "site_", "stance_", "verdict_", "why_")


def using(pattern):
    return {name for name, code in SCRIPTS.items() if re.search(pattern, re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE))}


@pytest.mark.parametrize(
    ("what", "owner"), [(r"CSS\.highlights", "extension/shared/highlight.js"), (r"/v1/|/readyz", "extension/shared/service.js")]
)
def test_one_file_owns_each_foreign_thing(what, owner):
    assert using(what) == {owner}


@pytest.mark.parametrize(
    "way_in", [r"\.innerHTML\s*=", r"outerHTML", r"insertAdjacentHTML", r"document\.write", r"\beval\(", r"setHTMLUnsafe"]
)
def test_nothing_is_put_into_a_page_as_markup(way_in):
    assert using(way_in) == set()


def test_every_text_exists_and_is_used():
    everything = "\n".join([*SCRIPTS.values(), *MARKUP.values()])
    asked = set(re.findall(r"""(?:say|count)\("(\w+)\"""", everything)) | set(re.findall(r'data-(?:text|title)="(\w+)"', everything))
    assert [key for key in asked if key not in MESSAGES and f"{key}_other" not in MESSAGES] == []
    names = {key: re.sub("_(one|other)$", "", key) for key in MESSAGES if not key.startswith(MADE_UP)}
    assert [key for key, name in names.items() if not re.search(rf"\b(?:__MSG_)?{name}(?:__)?\b|\b{key}\b", everything)] == []


def test_texts_put_together_are_of_something_that_there_is():
    code = "\n".join([*SCRIPTS.values(), *MARKUP.values(), *KINDS])
    made_up = [(key, start) for start in MADE_UP for key in MESSAGES if key.startswith(start)]
    parts = {key: re.sub("_(one|other|advice)$", "", key.removeprefix(start)) for key, start in made_up}
    counted = ("claims_", "card_neutral_")
    unused = [key for key, part in parts.items() if not re.search(rf"\b(?:{key}|{part})\b", code) and not key.startswith(counted)]
    assert unused == []


def test_every_language_is_complete():
    """Each text, with the same values filled in."""
    filled = {
        language: {key: sorted(re.findall(r"\$\d", text["message"])) for key, text in texts.items()} for language, texts in LOCALES.items()
    }
    assert len(filled) > 1
    for texts in filled.values():
        assert texts == filled["en"]


def test_the_page_loads_what_the_extension_injects_in_the_same_order():
    listed = re.search(r"SCRIPTS = \[(.*?)\]", SCRIPTS["extension/background/pages.js"], re.DOTALL)
    injected = re.findall(r'"(\w+)"', listed[1])
    assert re.findall(r'src="/shared/(\w+)\.js"', MARKUP["index.html"]) == injected
    assert {f"{name}.js" for name in injected} | {"service.js"} == {path.name for path in (EXTENSION / "shared").glob("*.js")}


def test_the_manifest_asks_for_no_more_than_it_says():
    manifest = json.loads(MARKUP["manifest.json"])
    assert manifest["permissions"] == ["activeTab", "contextMenus", "scripting", "sidePanel", "storage"]
    assert manifest["host_permissions"] == ["http://127.0.0.1/*", "http://localhost/*"]
    assert not {"content_scripts", "web_accessible_resources", "externally_connectable", "optional_permissions"} & manifest.keys()


def test_the_privacy_text_names_every_permission_and_all_that_is_transmitted():
    manifest = json.loads(MARKUP["manifest.json"])
    text = (EXTENSION / "PRIVACY.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`([^`]+)`", text[text.index("| permission |") :])) == {*manifest["permissions"], *manifest["host_permissions"]}
    declared = manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]["required"]
    assert sorted(declared) == ["browsingActivity", "websiteContent"]
    assert "*website content*" in text
    assert "*browsing activity*" in text


def test_every_kind_of_source_has_a_name_and_a_box_to_tick():
    listed = re.search(r"KINDS = \[(.*?)\]", SCRIPTS["extension/pages/shown.js"], re.DOTALL)
    named = {key.removeprefix("kind_") for key in MESSAGES if key.startswith("kind_")}
    assert set(re.findall(r'"(\w+)"', listed[1])) == named == set(KINDS)


def test_modules_stay_short():
    assert [name for name, code in SCRIPTS.items() if code.count("\n") > 200] == []
