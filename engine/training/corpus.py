"""Builds the corpus from what fetch.py downloaded: WORK/corpus/LANGUAGE.text and .tsv, the
held-out projects as plain files below WORK/heldout, and WORK/data.tsv, the list of what is in it.

Order: whole projects are held out first; then licence, path and content filters; then duplicates
by hash, near-duplicates of held-out and excluded files, near-duplicates of kept files; then a cap
for each project and language, so that no project dominates. Projects for fitting have caps of their
own, since they take nothing from what the model reads.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import subprocess
import sys
import tarfile
import tomllib
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Iterator

import numpy as np

import filters
from fetch import HERE, Source, default_work_folder, load_sources
from licences import DebianCopyright, has_restricted_header, is_permissive
from minhash import NearDuplicates, signature

# Kept characters for each language, in MB; JavaScript and TypeScript are less than what one could
# wish, since npm's packages mostly hold what a compiler made of the source.
CAPS_MB = {"python": 420, "cpp": 330, "javascript": 160, "typescript": 80, "rust": 22, "go": 22,
           "java": 22, "lua": 10, "bash": 6, "markdown": 14}
PROJECT_SHARE = 0.05
FITTING_PROJECT_MB = 1


@dataclass
class File:
    """One kept file."""

    project: str
    path: str
    language: str
    licence: str
    text: str
    signature: np.ndarray


@dataclass(frozen=True)
class HeldOut:
    """What held_out.toml says."""

    language_of_project: dict[str, str]
    excluded: tuple[tuple[str, tuple[str, ...]], ...]

    def is_excluded(self, project: str, path: str) -> bool:
        return any(
            project == name and any(fnmatch(path, pattern) for pattern in patterns)
            for name, patterns in self.excluded
        )


def load_held_out(path: Path = HERE / "held_out.toml") -> HeldOut:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return HeldOut(
        {project: language for language, names in data["projects"].items() for project in names},
        tuple((entry["project"], tuple(entry["files"])) for entry in data["excluded"]),
    )


def archive_members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The regular files of a tar, tgz or deb, with paths below the archive's top folder."""
    if archive.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", archive]
        unpacked = subprocess.run(command, check=True, capture_output=True).stdout
        stream = tarfile.open(fileobj=io.BytesIO(unpacked))
        strip = 0
    else:
        stream = tarfile.open(archive, "r|*")
        strip = 0 if ".debian.tar" in archive.name else 1
    with stream:
        for member in stream:
            parts = member.name.removeprefix("./").split("/")
            if not member.isreg() or len(parts) <= strip or member.size > 1_000_000:
                continue
            path = "/".join(parts[strip:])
            wanted = filters.language_of(path) or path in ("package.json", "debian/copyright")
            if wanted or path.endswith("/copyright"):
                content = stream.extractfile(member)
                if content is not None:
                    yield path, content.read()


def shorten_installed_path(path: str) -> str:
    """A path of a binary package as the project's own tree has it."""
    for prefix in ("usr/lib/python3/dist-packages/", "usr/share/gocode/src/", "usr/share/lua/5.1/",
                   "usr/share/cargo/registry/", "usr/share/", "usr/lib/", "usr/bin/"):
        if path.startswith(prefix):
            return path[len(prefix):]
    return path


def read_package(source: Source, folder: Path) -> tuple[dict[str, bytes], str]:
    """All candidate files of one download, and the text that states its licence."""
    found: dict[str, bytes] = {}
    statement = ""
    for archive in sorted(folder.iterdir()):
        is_tar = ".tar" in archive.name and archive.suffix != ".asc"
        if not is_tar and archive.suffix not in (".deb", ".tgz"):
            continue
        for path, data in archive_members(archive):
            name = path.rsplit("/", 1)[-1]
            if path == "debian/copyright" or (name == "copyright" and "share/doc/" in path):
                statement = data.decode("utf-8", "replace")
            elif path == "package.json" and source.origin == "npm":
                statement = data.decode("utf-8", "replace")
            elif filters.language_of(path):
                found[shorten_installed_path(path) if source.origin == "deb" else path] = data
    return found, statement


def licence_for(source: Source, statement: str, path: str, copyright_file: DebianCopyright) -> str:
    """The licence of one file; empty where it is not permissive or not known."""
    if source.origin == "npm":
        stated = json.loads(statement or "{}").get("license", "")
        stated = stated.get("type", "") if isinstance(stated, dict) else stated
    elif copyright_file.is_machine_readable:
        stated = copyright_file.licence_of(path) or source.licence
    else:
        stated = source.licence if statement else ""
    return stated if is_permissive(str(stated)) else ""


def read_source(job: tuple[Source, Path, HeldOut]) -> tuple[list[File], Counter[str]]:
    """The files of one package that pass the filters. Excluded files pass them all: they are only
    compared with."""
    source, folder, held_out = job
    counts: Counter[str] = Counter()
    files: list[File] = []
    if not (folder / "VERSION").exists():
        counts["not downloaded"] += 1
        return files, counts
    found, statement = read_package(source, folder)
    rules = DebianCopyright(statement if source.origin != "npm" else "")
    for path, data in sorted(found.items()):
        language = filters.language_of(path)
        excluded = held_out.is_excluded(source.project, path)
        text = filters.decode(data)
        if language is None or text is None:
            counts["not text"] += 1
            continue
        if not excluded:
            reason = why_left_out(source, path, text, language)
            licence = licence_for(source, statement, path, rules)
            if reason or not licence:
                counts[reason or "licence"] += 1
                continue
        else:
            licence = "excluded"
        if source.project not in held_out.language_of_project:
            text = filters.without_legal_header(text)
        if len(text) < 150:
            counts["size"] += 1
            continue
        files.append(File(source.project, path, language, licence, text, signature(text)))
    return files, counts


def why_left_out(source: Source, path: str, text: str, language: str) -> str | None:
    """The filter a file fails, or None."""
    if source.include and not any(fnmatch(path, pattern) for pattern in source.include):
        return "not included"
    if any(fnmatch(path, pattern) for pattern in source.exclude) or filters.is_left_out_path(path):
        return "path"
    if has_restricted_header(text):
        return "licence header"
    return filters.why_dropped(text, language)


def deduplicate(files: list[File], held_out: HeldOut, counts: Counter[str]) -> list[File]:
    """The training files without copies of each other or of held-out and excluded files."""
    near_held_out, near_kept = NearDuplicates(), NearDuplicates()
    hashes: set[bytes] = set()
    training = []
    for file in files:
        if file.project in held_out.language_of_project or file.licence == "excluded":
            near_held_out.add(file.signature)
            hashes.add(hashlib.sha1(file.text.encode()).digest())
        else:
            training.append(file)
    kept = []
    for file in training:
        digest = hashlib.sha1(file.text.encode()).digest()
        if digest in hashes:
            counts["same as another"] += 1
        elif near_held_out.find(file.signature) is not None:
            counts["similar to held out"] += 1
        elif near_kept.find(file.signature) is not None:
            counts["similar to another"] += 1
        else:
            hashes.add(digest)
            near_kept.add(file.signature)
            kept.append(file)
    return kept


def cap(files: list[File], fitting: frozenset[str], counts: Counter[str]
        ) -> dict[str, list[File]]:
    """At most CAPS_MB of each language, and of it at most PROJECT_SHARE from one project; besides,
    at most FITTING_PROJECT_MB of each language from a project for fitting."""
    random.Random(1).shuffle(files)
    kept: dict[str, list[File]] = defaultdict(list)
    of_language: Counter[str] = Counter()
    of_project: Counter[tuple[str, str]] = Counter()
    for file in files:
        limit = CAPS_MB[file.language] * 1_000_000
        key = (file.language, file.project)
        is_read = file.project not in fitting
        project_limit = limit * PROJECT_SHARE if is_read else FITTING_PROJECT_MB * 1_000_000
        if is_read and of_language[file.language] + len(file.text) > limit:
            counts["over the language's cap"] += 1
        elif of_project[key] + len(file.text) > project_limit:
            counts["over the project's cap"] += 1
        else:
            of_language[file.language] += len(file.text) * is_read
            of_project[key] += len(file.text)
            kept[file.language].append(file)
    return kept


def write_store(folder: Path, language: str, files: list[File]) -> None:
    """LANGUAGE.text: all texts one after another; LANGUAGE.tsv: byte offset, bytes, project, path,
    licence of each."""
    offset = 0
    with open(folder / f"{language}.text", "wb") as text, open(
        folder / f"{language}.tsv", "w", encoding="utf-8"
    ) as index:
        for file in files:
            data = file.text.encode()
            text.write(data)
            index.write(f"{offset}\t{len(data)}\t{file.project}\t{file.path}\t{file.licence}\n")
            offset += len(data)


def write_data_table(work: Path, sources: list[Source]) -> None:
    """WORK/data.tsv, which is published with a model: of each project the package and its version,
    files, bytes, their licences, and whether it only served the fit."""
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    licences: dict[str, set[str]] = defaultdict(set)
    for index in (work / "corpus").glob("*.tsv"):
        for line in index.read_text(encoding="utf-8").splitlines():
            _, size, project, _, licence = line.split("\t")
            files[project] += 1
            sizes[project] += int(size)
            licences[project].add(licence)
    with open(work / "data.tsv", "w", encoding="utf-8") as table:
        table.write("project\tpackage\tfiles\tbytes\tlicences of the files\tuse\n")
        for source in sorted(sources, key=lambda source: source.project):
            if source.project not in files:
                continue
            stamp = work / "downloads" / source.project / "VERSION"
            version = stamp.read_text(encoding="utf-8").split()[0]
            table.write(f"{source.project}\t{source.origin} {source.package} {version}\t"
                        f"{files[source.project]}\t{sizes[source.project]}\t"
                        f"{', '.join(sorted(licences[source.project]))}\t"
                        f"{'fit' if source.fitting else 'model'}\n")


def write_held_out(work: Path, files: list[File], held_out: HeldOut) -> None:
    """heldout/LANGUAGE/PROJECT/path for each held-out file of the project's own language."""
    for file in files:
        language = held_out.language_of_project.get(file.project)
        if language == file.language:
            target = work / "heldout" / language / file.project / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=default_work_folder())
    parser.add_argument("--parallel", type=int, default=2)
    arguments = parser.parse_args()
    held_out = load_held_out()
    downloads = arguments.work / "downloads"
    sources = load_sources()
    fitting = frozenset(source.project for source in sources if source.fitting)
    jobs = [(source, downloads / source.project, held_out) for source in sources]
    counts: Counter[str] = Counter()
    files: list[File] = []
    with ProcessPoolExecutor(arguments.parallel) as pool:
        for some, dropped in pool.map(read_source, jobs):
            files += some
            counts += dropped
    write_held_out(arguments.work, files, held_out)
    kept = cap(deduplicate(files, held_out, counts), fitting, counts)
    folder = arguments.work / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    for language, some in kept.items():
        write_store(folder, language, some)
        size = sum(len(file.text) for file in some) / 1e6
        projects = len({file.project for file in some})
        print(f"{language}: {size:.1f} MB, {len(some)} files, {projects} projects")
    names = sorted(fitting & {file.project for some in kept.values() for file in some})
    (folder / "fitting.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    write_data_table(arguments.work, sources)
    print("left out:", dict(counts.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
