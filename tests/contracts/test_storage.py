"""The client of object storage stays behind one door."""

from __future__ import annotations

import ast

from tests.contracts.source import name_of, python_files, tree


def test_one_module_knows_the_client_of_object_storage() -> None:
    """All others speak of sections, so that the client can be exchanged."""
    knowing = {
        name_of(path)
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {name.split(".")[0] for name in _names(node)} & {"aiobotocore", "botocore", "boto3"}
    }
    assert knowing == {"media/storage/bucket.py"}


def test_client_of_object_storage_is_loaded_only_where_it_is_needed() -> None:
    """It takes forty megabytes, and most fairs keep their recordings in the data folder."""
    loading = {
        name_of(path)
        for path in python_files()
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom)
        and node.module in {"media.storage.bucket", "media.storage.objects"}
    }
    assert loading <= {"media/storage/objects.py", "media/storage/upload.py"}


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
