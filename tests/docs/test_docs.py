"""Undocumented is broken: settings, commands, words and links are held against the documentation."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from app.cli import group, kaarten

PROJECT = Path(__file__).parent.parent.parent
PAGES = [
    *PROJECT.glob("*.md"),
    *PROJECT.glob("docs/**/*.md"),
    *PROJECT.glob("schemas/*.md"),
    *PROJECT.glob("cards_repo/*.md"),
]


def text(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def source() -> str:
    return "\n".join(path.read_text("utf-8") for path in (PROJECT / "app").rglob("*.py"))


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    used = set(re.findall(r"\bKAARTEN_[A-Z_]+\b", source()))
    assert used == set(re.findall(r"\| `(KAARTEN_[A-Z_]+)` \|", text("docs/configuration.md")))


def commands() -> dict[str, click.Command]:
    """Each command by what is typed: those of a group with its name in front."""
    found: dict[str, click.Command] = {}
    for name, command in kaarten.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {one}": of_group for one, of_group in inner.items()} or {name: command}
    return found


def test_every_command_and_option_is_documented_and_no_other() -> None:
    documented = text("docs/commands.md")
    assert set(re.findall(r"\| `kaarten ([a-z]+(?: [a-z]+)?)\b", documented)) == set(commands())
    for name, command in commands().items():
        (row,) = [line for line in documented.split("\n") if re.match(rf"\| `kaarten {name}\b", line)]
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "author":
                assert option.opts[0] in row, f"{name} {option.opts[0]}"


def test_every_exit_code_is_documented() -> None:
    codes = {group.INVALID, group.CONFLICT, group.NOT_FOUND, group.STORE, group.NOT_ALLOWED, group.FAULTS}
    assert codes | {0, 1, 2} == {int(code) for code in re.findall(r"^\| (\d) \|", text("docs/configuration.md"), re.M)}


def test_every_keyword_of_our_own_is_documented_and_read() -> None:
    read = set(re.findall(r'"(x-[a-z-]+)"', source()))
    assert read == set(re.findall(r"\| `(x-[a-z-]+)` \|", text("schemas/README.md")))
    assert set(re.findall(r'"(x-[a-z-]+)"', text("schemas/veiligheidskaart/1.json"))) <= read


def test_every_target_of_make_that_people_use_is_explained() -> None:
    makefile = text("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M)) - {"help", "lint", "clean"}
    assert targets == set(re.findall(r'echo "make ([a-z]+) ', makefile))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_module_that_the_architecture_names_exists() -> None:
    rooms = re.split(r"^### ", text("docs/architecture.md"), flags=re.M)[1:3]
    for room in rooms:
        folder = PROJECT / "app" / room.split("\n")[0]
        for cell in re.findall(r"^\| (`.*?`) \|", room, re.M):
            for name in re.findall(r"`([a-z_*]+)`", cell):
                assert list(folder.glob(f"{name}.py")), name
        named = " ".join(re.findall(r"`([a-z_*]+)`", room))
        for module in folder.glob("[a-z]*.py"):
            known = module.stem in named.split() or any(
                word.endswith("*") and module.stem.startswith(word[:-1]) for word in named.split()
            )
            assert known, f"{module.name} is in no table"


def test_the_check_of_the_rooms_finds_a_planted_violation(tmp_path: Path) -> None:
    for name in ("app", "pyproject.toml"):
        origin = PROJECT / name
        shutil.copytree(origin, tmp_path / name) if origin.is_dir() else shutil.copy(origin, tmp_path / name)
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
        )

    assert run().returncode == 0, run().stdout
    with (tmp_path / "app" / "content" / "merge.py").open("a") as file:
        file.write("\nimport pygit2\nfrom app.services import reading\n")
    broken = run().stdout
    assert "app.content -> pygit2" in broken or "app.content.merge -> pygit2" in broken
    assert "app.content.merge -> app.services" in broken


def test_the_project_speaks_of_itself_alone() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in tracked.split():
        path = PROJECT / name
        if path.suffix in (".py", ".md", ".toml", ".sh", ".lock", ".html", ".css", ".json", ""):
            content = path.read_text("utf-8", errors="replace")
            assert not re.search(r"/(root|home|work)/[a-z]+/", content), name
