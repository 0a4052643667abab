"""Do ./dev, the CI script and the container files keep their word where that can be seen without running them whole?"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy.engine import make_url

from geo.store import roles

ROOT = Path(__file__).parent.parent
VERBS = {"run", "test", "lint", "fmt", "bench", "lock", "build", "sample", "clean", "help"}
TOOLS = ("bash", "dirname", "cat", "tr", "mkdir", "awk", "cut", "sort", "tail", "env", "flock", "touch", "cksum")


def dev(*arguments: str, path: str | None = None, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(at)}
    command = ["bash", str(at / "dev"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30, check=False)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of ./dev on a system that has neither Python nor PostGIS nor a package manager."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    shutil.copy(ROOT / "dev", tmp_path)
    return tmp_path


def test_alone_it_lists_every_verb() -> None:
    told = dev()
    assert told.returncode == 0
    assert {line.split()[0] for line in told.stdout.splitlines()[1:]} == VERBS


def test_an_unknown_verb_is_an_error() -> None:
    told = dev("fly")
    assert told.returncode != 0
    assert "no such verb: fly" in told.stderr


@pytest.mark.parametrize("verb", ["run", "test", "lint", "build"])
def test_where_nothing_can_be_installed_one_line_says_what_to_do(bare: Path, verb: str) -> None:
    told = dev(verb, path=str(bare / "bin"), at=bare)
    assert told.returncode != 0
    last = told.stderr.splitlines()[-1] if verb != "test" else told.stderr.splitlines()[-2]
    assert last.startswith("missing: python postgis")
    assert "Install Python 3.11 or newer and PostgreSQL with PostGIS" in last
    assert not (bare / ".venv").exists()


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("brew", "brew install python@3.13 postgis"),
        ("dnf", "sudo dnf install -y python3 postgresql-server postgresql-contrib postgis"),
    ],
)
def test_other_package_managers_get_their_own_line(bare: Path, manager: str, line: str) -> None:
    (bare / "bin" / manager).symlink_to(shutil.which("cat") or "")
    assert dev("run", path=str(bare / "bin"), at=bare).stderr.splitlines()[-1].endswith(line)


def test_a_failing_test_run_says_its_status_and_time(bare: Path) -> None:
    told = dev("test", path=str(bare / "bin"), at=bare)
    assert re.search(r"\./dev test: \d+ min \d+ s, exit status 1$", told.stderr.strip())


def test_ci_runs_the_tests_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert script[1:] == ["set -euo pipefail", 'exec "$(dirname "$0")/../dev" test']
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "dev", os.X_OK)


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_compose_gives_the_service_its_own_role_and_shows_it_to_this_machine_only() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert "ports" not in services["database"]
    assert all(port.startswith("127.0.0.1:") for port in services["service"]["ports"])
    assert "WANGGE_OWNER_URL" not in services["service"]["environment"]
    address = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", services["service"]["environment"]["DATABASE_URL"])
    assert make_url(address).username == roles.SERVICE
    assert make_url(address).database == roles.DATABASE


def test_compose_makes_the_roles_that_a_private_cluster_has() -> None:
    script = yaml.safe_load((ROOT / "compose.yaml").read_text())["configs"]["roles"]["content"]
    names = {"database": roles.DATABASE, "owner": roles.OWNER, "service": roles.SERVICE, "public": roles.PUBLIC}
    for statement in (*roles.SHUT, *roles.SCHEMA, roles.MEMBER):
        assert statement.format(**names) + ";" in script
    for extension in roles.EXTENSIONS:
        assert f"CREATE EXTENSION IF NOT EXISTS {extension};" in script


def test_docker_reads_the_compose_file() -> None:
    if not shutil.which("docker"):
        pytest.skip("no docker client on this machine")
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("this docker client has no compose")
    told = subprocess.run(
        ["docker", "compose", "config", "--quiet"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
