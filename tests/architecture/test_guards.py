"""The borders that import-linter cannot see."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI

import stoa
from stoa.shared.database import SessionDep
from stoa.shared.security import check_declared

SOURCE = Path(stoa.__file__).parent
SQL_FILES = {"repository.py", "queries.py"}
SQL_CALLS = {"select", "insert", "update", "delete"}
FILES = sorted(SOURCE.rglob("*.py"))


def calls(path: Path) -> set[str]:
    """Names called plainly (`select(...)`), not as methods of something else."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


class TestBorders:
    def test_only_one_file_commits(self) -> None:
        committing = {p.relative_to(SOURCE).as_posix() for p in FILES if re.search(r"\bcommit\(", p.read_text("utf-8"))}
        assert committing == {"shared/database.py"}

    def test_sql_is_said_in_repositories_only(self) -> None:
        guilty = {p.relative_to(SOURCE).as_posix() for p in FILES if p.name not in SQL_FILES and calls(p) & SQL_CALLS}
        assert guilty == set()

    def test_the_guard_sees_a_select_where_there_is_one(self) -> None:
        assert "select" in calls(SOURCE / "modules" / "users" / "repository.py")

    def test_package_files_are_empty(self) -> None:
        assert [p for p in FILES if p.name == "__init__.py" and p.stat().st_size] == []

    def test_no_file_is_too_long(self) -> None:
        assert [p.name for p in FILES if len(p.read_text("utf-8").splitlines()) > 400] == []


class TestImports:
    def test_every_module_imports_in_an_empty_environment(self, tmp_path: Path) -> None:
        names = [
            ".".join(("stoa", *p.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
            for p in FILES
            if p.name != "__main__.py"
        ]
        code = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        assert list(tmp_path.iterdir()) == []

    def test_the_command_line_starts_without_the_web_stack(self) -> None:
        code = (
            "import sys, stoa.cli.main; print([m for m in ('fastapi', 'sqlalchemy', 'pydantic') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestRoutes:
    def test_a_route_without_a_declared_permission_is_refused(self) -> None:
        app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        router = APIRouter()

        @router.get("/silent")
        async def silent() -> None: ...

        app.include_router(router)
        with pytest.raises(RuntimeError, match="/silent"):
            check_declared(app)

    def test_the_session_dependency_commits_before_the_answer(self) -> None:
        dependency = SessionDep.__metadata__[0]  # type: ignore[attr-defined] # Annotated keeps it there
        assert dependency.scope == "function"
