#!/usr/bin/env python3
"""Checks the pages for people: links lead to something, and a block of code that names a file is in that file.

A block names a file behind the language of its fence, as a path from the root of the repository. A file below
tests/languages/providers must be the whole block, and each such source must be on a page.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROVIDERS = ROOT / "tests" / "languages" / "providers"
PAGES = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout.split()
# The folders of the repository, in the names of files that a table has.
FOLDERS = "bench|cli|components|crates|docs|examples|helpers|lattice|policies|templates|tests|tools|wit"


def anchors(page):
    """What a link into a page may name: its headings, as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page, text):
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: no file `{target}`"
        elif anchor and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: no heading `{target}`"


def wrong_blocks(page, text, seen):
    for path, block in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S):
        file = ROOT / path
        seen.add(file)
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: a block of `{path}`, which does not exist"
        elif PROVIDERS in file.parents and file.read_text() != block:
            yield f"{page.relative_to(ROOT)}: the block of `{path}` is not that file"
        elif block not in file.read_text():
            yield f"{page.relative_to(ROOT)}: `{path}` does not have this block:\n{block}"


def missing_files(page, text):
    """Files that a table names in backquotes with their folder."""
    for row in re.findall(r"^\|.*\|$", text, re.M):
        for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", row):
            if not (ROOT / name).exists():
                yield f"{page.relative_to(ROOT)}: no file `{name}`"


def main():
    wrong, seen = [], set()
    for page in map(ROOT.joinpath, PAGES):
        text = page.read_text()
        wrong += [*broken_links(page, text), *wrong_blocks(page, text, seen), *missing_files(page, text)]
    sources = {file for file in PROVIDERS.rglob("*") if file.is_file() and file.suffix not in (".lock", ".sum")}
    wrong += [f"no page has `{file.relative_to(ROOT)}`" for file in sorted(sources - seen)]
    print("\n".join(wrong), end="\n" if wrong else "")
    print(f"test result: {'FAILED' if wrong else 'ok'}. {len(PAGES) if not wrong else 0} passed; {len(wrong)} failed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
