"""The repository keeps the promises of its design."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(p.relative_to(ROOT) for folder in ("api", "index") for p in (ROOT / folder).rglob("*.py"))
ROOTS_OF_COMPOSITION = {Path("index/__main__.py"), Path("api/app.py")}
OWNERS = {
    "sqlite_utils": {Path("index/store/sqlite.py")},
    "sentence_transformers": {Path("index/embedder.py")},
    "sentencex": {Path("index/sentences.py")},
    "onnxruntime": {Path("index/onnx.py"), Path("index/quantise.py"), Path("index/store/integers.py")},
    "tokenizers": {Path("index/onnx.py")},
    "psycopg": {
        Path("index/store/postgres") / f"{name}.py" for name in ("bounded", "connections", "contents", "home", "schema", "store", "writing")
    },
}
CONCRETE = {"OnnxEmbedder", "SentenceTransformerEmbedder", "OnnxStance", "Files", "Postgres"}


def imports(path):
    """(module, names) of every import of a file, wherever it stands."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set()
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_one_way(path):
    for module, _ in imports(path):
        top = module.split(".")[0]
        if path.parts[0] == "index":
            assert top not in {"api", "tests", "bench"}, f"{path} imports {module}: index never imports api"
        if path == Path("index/types.py"):
            assert top not in {"index", "api"}, "index/types.py imports nothing of ours"
        if path == Path("api/types.py"):
            assert module == "index.types" or top not in {"index", "api"}, "api/types.py imports only index.types"


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_one_module_owns_each_foreign_thing(library):
    using = {path for path in MODULES if any(module.split(".")[0] == library for module, _ in imports(path))}
    assert using == OWNERS[library]


@pytest.mark.parametrize("path", [p for p in MODULES if p not in ROOTS_OF_COMPOSITION], ids=str)
def test_concrete_classes_are_named_only_where_things_are_put_together(path):
    measuring = path in {Path("api/evaluate.py"), Path("api/doctor.py"), Path("api/stance/export.py")}
    named = {name for _, names in imports(path) for name in names} & CONCRETE
    assert measuring or not named, f"{path} names {named}: take it as an argument"


def test_modules_stay_short():
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert max(lengths.values()) <= 300, f"split {max(lengths, key=lengths.get)}: 300 lines is a question, 150 the aim"
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_seeds_are_what_their_records_say():
    import tomllib

    records = tomllib.loads((ROOT / "seeds" / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert {r["file"] for r in records} == {p.name for p in (ROOT / "seeds").iterdir()} - {"sources.toml"}
    assert len({r["kind"] for r in records}) >= 4
