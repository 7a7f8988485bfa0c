"""Scratch folders: removed with their process or by the next run, but never those of a running process."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evanesce.scratch import HIDDEN, replacing, scratch_folder

OWNER = """
import sys, time
from pathlib import Path
from evanesce.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "part").write_text("half")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that runs, and its scratch folder in ``tmp_path``."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.parent == tmp_path
    yield process, folder
    process.kill()
    process.wait()
    process.stdout.close()


def use(parent: Path) -> None:
    with scratch_folder(parent):
        pass


def test_what_a_killed_process_left_goes(tmp_path: Path, owner: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = owner
    use(tmp_path)
    assert (folder / "part").read_text() == "half"  # it still runs
    process.kill()
    process.wait()
    assert folder.exists()
    use(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_dead_process_that_nobody_has_waited_for(tmp_path: Path, owner: tuple[subprocess.Popen[str], Path]) -> None:
    """Its number is still taken."""
    process, folder = owner
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    use(tmp_path)
    assert not folder.exists()


def renamed(folder: Path, old: str, new: str) -> Path:
    assert old in folder.name
    return folder.rename(folder.with_name(folder.name.replace(old, new)))


@pytest.fixture
def left(tmp_path: Path, owner: tuple[subprocess.Popen[str], Path]) -> Path:
    """What a killed process left."""
    process, folder = owner
    process.kill()
    process.wait()
    return folder


def test_the_number_of_a_dead_process_in_use_again(
    tmp_path: Path, left: Path, owner: tuple[subprocess.Popen[str], Path]
) -> None:
    """The test's own process has the number but started earlier."""
    folder = renamed(left, f"-{owner[0].pid}-", f"-{os.getpid()}-")
    use(tmp_path)
    assert not folder.exists()


def test_folders_of_other_machines_stay(tmp_path: Path, left: Path) -> None:
    machine = left.name.removeprefix(HIDDEN)[:8]
    folder = renamed(left, machine, "0" * 8)
    use(tmp_path)
    assert folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folders_of_other_users_stay(tmp_path: Path, left: Path) -> None:
    os.chown(left, 12345, 12345)
    use(tmp_path)
    assert left.exists()


def test_a_link_with_such_a_name_is_not_followed(tmp_path: Path, left: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    shutil.rmtree(left)
    left.symlink_to(kept)
    use(tmp_path)
    assert (kept / "file").exists()


def test_threads_of_a_process_leave_each_other_alone(tmp_path: Path) -> None:
    barrier, bad = threading.Barrier(8), []

    def work() -> None:
        barrier.wait()
        for _ in range(20):
            with scratch_folder(tmp_path) as folder:
                (folder / "file").write_text("mine")
                use(tmp_path)
                if (folder / "file").read_text() != "mine":
                    bad.append(folder)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad
    assert list(tmp_path.iterdir()) == []


def replace(path: Path, text: str) -> None:
    with replacing(path) as staged:
        staged.write_text(text)


def test_a_file_is_replaced_at_the_end_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    with replacing(path) as staged:
        staged.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        replace(tmp_path / "file", "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_and_the_file_it_names_is_replaced(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "far").mkdir()
    target, near, link = tmp_path / "far" / "file", tmp_path / "near", tmp_path / "link"
    if exists:
        target.write_text("old")
    near.symlink_to(Path("far") / "file")
    link.symlink_to(near)
    with replacing(link) as staged:
        staged.write_text("new")
        assert staged.name == "link"  # its suffix says what to write
    assert link.is_symlink()
    assert near.is_symlink()
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_an_error_leaves_all_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as staged:
            staged.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder"):
        replace(tmp_path, "new")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is not a regular file"):
        replace(tmp_path / "pipe", "new")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="[Ss]ymbolic links"):
        replace(tmp_path / "loop", "new")


def test_a_file_without_permission_to_write_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # root may write to every file
    with pytest.raises(PermissionError, match="is write-protected"):
        replace(path, "new")
    assert path.read_text() == "old"
