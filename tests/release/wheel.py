"""Build the wheel and the sdist, look inside, and install the wheel with each extra in a fresh environment.

``python tests/release/wheel.py build/wheel [core stats ...]`` takes all extras unless some are named.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LIMIT = "import evanesce as ev; print(ev.limit_curve(ev.experiment('belle2'), ev.DarkPhoton(), 0.0667).epsilon)"
PROBES = {
    "core": LIMIT,
    "plot": "from evanesce.figures import style; style()",
    "events": "import pyhepmc, pylhe, pyarrow, awkward",
    "montecarlo": "from evanesce.showers.montecarlo import transport",
    "stats": "import evanesce as ev; ev.to_workspace(ev.predict('belle2', ev.DarkPhoton(), 0.0667))",
    "export": "import hepdata_lib",
    "scan": "import zarr, h5netcdf, h5py, dask, distributed",
    "geant4": "import geant4_pybind",
    "web": "import evanesce.web.page",
    "all": LIMIT,
}
"""A line of Python for each extra that fails without it."""


def build(folder: Path) -> tuple[Path, Path]:
    """Make both archives in an empty folder; returns wheel and sdist."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for kind in ("wheel", "sdist"):
        call = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder.resolve())]
        subprocess.run(call, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def faults(wheel: Path, sdist: Path) -> list[str]:
    """What is missing in the archives, or does not belong there."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
    wanted = {name.removeprefix("src/") for name in tracked if name.startswith("src/evanesce/")}
    package = {name for name in inside if ".dist-info/" not in name}
    found = [f"the wheel lacks {name}" for name in sorted(wanted - package)]
    found += [f"the wheel holds {name}" for name in sorted(package - wanted)]
    if "evanesce/py.typed" not in inside:
        found.append("the wheel lacks evanesce/py.typed")
    if f"-{PROJECT['version']}-" not in wheel.name:
        found.append(f"{wheel.name} is not version {PROJECT['version']}")
    found += [f"the sdist lacks {name}" for name in sorted({f"src/{name}" for name in wanted} - source)]
    kept = {"README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "Makefile", "Dockerfile"}
    found += [f"the sdist lacks {name}" for name in sorted(kept - source)]
    stray = re.compile(r"(^|/)(__pycache__|\.git|\.venv|build)(/|$)|\.pyc$")
    return found + [f"the sdist holds {name}" for name in sorted(source) if stray.search(name)]


def installed_with(wheel: Path, extra: str, folder: Path) -> Path:
    """Install the wheel with an extra into a new environment; returns its interpreter."""
    home = folder / f"venv-{extra}"
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    what = str(wheel.resolve()) if extra == "core" else f"{wheel.resolve()}[{extra}]"
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        ROOT / "constraints.txt",
        what,
    ]
    subprocess.run(pip, check=True)
    return python


def check(python: Path, extra: str, folder: Path) -> None:
    """Import the package away from the checkout, ask ``doctor``, and use the extra."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["EVANESCE_CACHE_DIR"] = str((folder / "cache").resolve())
    done = subprocess.run(
        [python.with_name("evanesce").resolve(), "doctor", "--json"],
        cwd=folder, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["version"] == PROJECT["version"]
    complete = {each["extra"] for each in report["packages"]} - set(report["missing_extras"])
    wanted = set(PROBES) - {"all"} if extra == "all" else {"core", extra}
    assert wanted <= complete, f"{extra}: complete are {complete}"
    # without its data Geant4 asks at import whether to download them, but not where a folder is named
    with tempfile.TemporaryDirectory() as empty:
        named = environment | {"GEANT4_DATA_DIR": empty}
        subprocess.run([python.absolute(), "-c", PROBES[extra]], cwd=folder, env=named, check=True)
    if extra == "core":
        told = subprocess.run(
            [python.with_name("evanesce").absolute(), "limit", "belle2", "--mass", "0.0667", "--output", "limit.pdf"],
            cwd=folder, env=environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert told.returncode == 2
        assert told.stderr.count("\n") == 1
        assert "pip install 'evanesce[plot]'" in told.stderr


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run everything; the exit code is 1 if an archive has a fault."""
    folder = Path(sys.argv[1])
    wheel, sdist = build(folder)
    say(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, {sdist.name}: {sdist.stat().st_size / 1e6:.1f} MB")
    wrong = faults(wheel, sdist)
    for each in wrong:
        say(each)
    for extra in sys.argv[2:] or PROBES:
        check(installed_with(wheel, extra, folder), extra, folder)
        say(f"{extra}: installs and works")
        shutil.rmtree(folder / f"venv-{extra}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
