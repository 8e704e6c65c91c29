"""Downloads the packages named in sources.toml and packages.tsv: Debian source packages, binary
packages of scripts, and npm tarballs.

The mirror is the one this machine's own apt uses: its entries are copied into a private
configuration with `deb` replaced by `deb-src`. The system's apt state is never touched.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUP = 50  # packages of one call of apt


@dataclass(frozen=True)
class Source:
    """One entry of sources.toml."""

    project: str
    origin: str  # "debian" (source package), "deb" (binary package of scripts) or "npm"
    package: str
    version: str  # empty: the newest that the mirror has
    licence: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fitting: bool = False  # see store.fitting_projects


def default_work_folder() -> Path:
    """The folder for downloads, the corpus and checkpoints: never inside the checkout."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "lemma" / "training"


def load_sources(path: Path = HERE / "sources.toml", table: Path = HERE / "packages.tsv"
                 ) -> list[Source]:
    """Reads the list of packages, and the table of those that need no more than a line; raises
    KeyError or ValueError where an entry is incomplete."""
    sources = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["source"]:
        origin = next(kind for kind in ("debian", "deb", "npm") if kind in entry)
        package = entry[origin]
        sources.append(
            Source(
                project=entry.get("project", project_named_after(package)),
                origin=origin,
                package=package,
                version=entry.get("version", ""),
                licence=entry["licence"],
                include=tuple(entry.get("include", ())),
                exclude=tuple(entry.get("exclude", ())),
                fitting=entry.get("fitting", False),
            )
        )
    for line in table.read_text(encoding="utf-8").splitlines()[1:]:
        origin, package, version, licence = line.split("\t")
        sources.append(Source(project_named_after(package), origin, package, version, licence))
    twice = [name for name, n in Counter(source.project for source in sources).items() if n > 1]
    if twice:
        raise ValueError(f"{path}, {table}: projects listed twice: {sorted(twice)}")
    return sources


def project_named_after(package: str) -> str:
    return package.lstrip("@").replace("/", "-")


def source_entries(apt_folder: Path = Path("/etc/apt")) -> str:
    """The machine's own Debian entries as `deb` and `deb-src` lines, in the one-line format."""
    lines: list[str] = []
    for path in sorted(apt_folder.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.M))
            if "debian" not in fields.get("Signed-By", "debian"):
                continue
            signed = f" [signed-by={fields['Signed-By']}]" if "Signed-By" in fields else ""
            for uri in fields.get("URIs", "").split():
                for suite in fields.get("Suites", "").split():
                    if not suite.endswith("-security"):
                        lines.append(f"deb-src{signed} {uri} {suite} main")
    for path in [apt_folder / "sources.list", *sorted(apt_folder.glob("sources.list.d/*.list"))]:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for match in re.finditer(r"^deb(\s+\[[^]]*\])?\s+(\S+)\s+(\S+)\s+(.*)$", text, re.M):
            if "main" in match[4].split() and "debian" in match[2] and "security" not in match[3]:
                lines.append(f"deb-src{match[1] or ''} {match[2]} {match[3]} main")
    binary = [line.replace("deb-src", "deb", 1) for line in lines]
    return "\n".join(dict.fromkeys(lines + binary)) + "\n"


def apt_options(work: Path) -> list[str]:
    """Options that make apt use a private list, state and cache below `work`."""
    apt = work / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(source_entries(), encoding="utf-8")
    (apt / "status").touch()
    settings = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def fetch_debian(source: Source, target: Path, options: list[str]) -> str:
    """Downloads one source package; returns its version."""
    name = f"{source.package}={source.version}" if source.version else source.package
    command = ["apt-get", *options, "-q", "source", "--download-only", "--only-source", name]
    subprocess.run(command, cwd=target, check=True, capture_output=True, text=True)
    dsc = next(target.glob("*.dsc")).read_text(encoding="utf-8", errors="replace")
    match = re.search(r"^Version: (\S+)$", dsc, re.M)
    return match[1] if match else ""


def version_in(path: Path) -> str:
    """A binary package's version, which its file's name holds."""
    return path.name.split("_")[1].replace("%3a", ":")


def fetch_deb(source: Source, target: Path, options: list[str]) -> str:
    """Downloads one binary package (of a language that ships as source); returns its version."""
    name = f"{source.package}={source.version}" if source.version else source.package
    command = ["apt-get", *options, "-q", "download", name]
    subprocess.run(command, cwd=target, check=True, capture_output=True, text=True)
    return version_in(next(target.glob("*.deb")))


def fetch_npm(source: Source, target: Path) -> str:
    """Downloads one npm tarball without running anything of it; returns its version."""
    name = f"{source.package}@{source.version}" if source.version else source.package
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(target)]
    command.append(name)
    subprocess.run(command, cwd=target, check=True, capture_output=True, text=True)
    match = re.search(r"-(\d+\.\d+\.\d+[^/]*)\.tgz$", next(target.glob("*.tgz")).name)
    return match[1] if match else ""


def download(source: Source, target: Path, options: list[str]) -> str:
    """Downloads one package into an empty folder; returns its version."""
    if source.origin == "npm":
        return fetch_npm(source, target)
    return (fetch_debian if source.origin == "debian" else fetch_deb)(source, target, options)


def known_version(source: Source, downloads: Path) -> str:
    """The version that is there already and will do; empty if there is none."""
    stamp = downloads / source.project / "VERSION"
    # The stamp names the version that came and the one that was asked for.
    known = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    return known[0] if known and source.version in ("", *known) else ""


def write_stamp(source: Source, target: Path, version: str) -> None:
    (target / "VERSION").write_text(f"{version} {source.version}\n", encoding="utf-8")


def empty_folder(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()


def fetch_together(sources: list[Source], downloads: Path, options: list[str]) -> None:
    """Downloads many binary packages by one call of apt, which takes a second to read its lists.
    If one of them cannot be had, the others may be missing too: fetch() gets what is not there."""
    names = [f"{source.package}={source.version}" for source in sources]
    with tempfile.TemporaryDirectory(dir=downloads.parent) as folder:
        subprocess.run(["apt-get", *options, "-q", "download", *names], cwd=folder, check=False,
                       capture_output=True)
        came = {path.name.split("_")[0]: path for path in Path(folder).glob("*.deb")}
        for source in sources:
            path = came.get(source.package)
            if path and version_in(path) == source.version:
                target = downloads / source.project
                empty_folder(target)
                path.rename(target / path.name)
                write_stamp(source, target, source.version)


def fetch(source: Source, downloads: Path, options: list[str]) -> str:
    """Downloads one package unless it is there already; returns a line that says what came."""
    target = downloads / source.project
    if known := known_version(source, downloads):
        return f"{source.project} {known} (there already)"
    empty_folder(target)
    note = ""
    try:
        try:
            version = download(source, target, options)
        except subprocess.CalledProcessError:
            if not source.version:
                raise
            version = download(replace(source, version=""), target, options)
            note = f" (the mirror no longer has {source.version})"
    except (subprocess.CalledProcessError, StopIteration) as error:
        lines = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        return f"{source.project} FAILED: {lines[-1] if lines else 'no reason given'}"
    write_stamp(source, target, version)
    return f"{source.project} {version}{note}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--parallel", type=int, default=6)
    arguments = parser.parse_args()
    downloads = arguments.work / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    options = apt_options(arguments.work)
    subprocess.run(["apt-get", *options, "-q", "update"], check=True, stdout=subprocess.DEVNULL)
    failed = 0
    sources = load_sources()
    together = [source for source in sources
                if source.origin == "deb" and source.version
                and not known_version(source, downloads)]
    groups = [together[i:i + GROUP] for i in range(0, len(together), GROUP)]
    with ThreadPoolExecutor(arguments.parallel) as pool:
        list(pool.map(lambda group: fetch_together(group, downloads, options), groups))
        for line in pool.map(lambda source: fetch(source, downloads, options), sources):
            print(line, flush=True)
            failed += "FAILED" in line
    print(f"{failed} packages failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
