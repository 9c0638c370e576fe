#!/usr/bin/env python3
"""docs/errors.md from the sources, and which errors the tests raise.

catalogue.py write            writes docs/errors.md
catalogue.py check            fails if it is out of date, or tests/errors/unreached.txt has a line that is no error of the sources
catalogue.py reached LOG...   compares with what record_formats.cpp wrote while the tests ran: prints the share and fails if an
                              error is neither raised nor in tests/errors/unreached.txt, or is in there and was raised
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/errors.md"
EXCEPTIONS = ROOT / "tests/errors/unreached.txt"
LAYERS = ["core", "motion", "io", "render", "reconstruction", "app"]
# fail() and the local helpers that put a file, line or option before what they are given, the last two behind names of options.
# What system_error() is given comes before the system's reason and one of the remedies that it has itself.
CALL = re.compile(r"\b(fail|error|system_error|file_\.error|file\.error|bad|refuse|refuse_changed)\(")
OPTIONS = ("refuse", "refuse_changed")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SYSTEM = "input or resources"  # by the reason
KINDS = {"kInput": "input", "kUsage": "usage", "kCancelled": "cancelled", "kResource": "resources", "kFailed": "no result"}


def arguments(text, start):
    """What stands between the brackets of a call, whose opening one is before `start`."""
    depth, at = 1, start
    while at < len(text) and depth:
        if text[at] == '"':
            at = LITERAL.match(text, at).end() - 1 if LITERAL.match(text, at) else at
        elif text[at] == "'" and text[at + 2 : at + 3] == "'":
            at += 2
        elif text[at] in "({[":
            depth += 1
        elif text[at] in ")}]":
            depth -= 1
        at += 1
    return text[start : at - 1]


def message_in(call, helper):
    """The first literal (behind names of options the first that has a blank) and those that follow it with nothing between: one
    text to the compiler."""
    literals = (m for m in LITERAL.finditer(call) if helper not in OPTIONS or " " in m.group(1))
    first = next(literals, None)
    if not first:
        return None
    text, at = first.group(1), first.end()
    while True:
        gap = re.compile(r"\s*").match(call, at).end()
        more = LITERAL.match(call, gap)
        if not more:
            return text.replace('\\"', '"').replace("\\\\", "\\").replace("\\n", "\n")
        text, at = text + more.group(1), more.end()


def says_something(message):
    return re.search(r"[A-Za-z]{3}", re.sub(r"\{[^}]*\}", "", message)) is not None


def errors():
    """(file, kind, message) of every error in the sources, in the order of the files."""
    found = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*")):
            if path.suffix not in (".cpp", ".h") or path.name == "result.h":
                continue
            text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
            for call in CALL.finditer(text):
                inside = arguments(text, call.end())
                message = message_in(inside, call.group(1))
                if message is None or not says_something(message):
                    continue
                kind = re.search(r"ErrorCode::(k\w+)", "ErrorCode::kUsage" if call.group(1) in OPTIONS else inside)
                of_system = call.group(1) == "system_error"
                name = path.relative_to(ROOT).as_posix()
                found.setdefault((name, message), SYSTEM if of_system else KINDS[kind.group(1)] if kind else "input")
    return [(name, kind, message) for (name, message), kind in found.items()]


def cell(text):
    return re.sub(r"\{[^}]*\}", "…", text).replace("|", "\\|").replace("<", "&lt;").strip()


def page():
    lines = [
        "# Errors",
        "",
        "Made by `tests/errors/catalogue.py write` from the sources; do not edit. An ellipsis stands for a name or a number. Many",
        "messages begin with the file, the line or the option, which is left out here. What to do is what stands after the",
        "semicolon of the message; where nothing does, the cause says it.",
        "",
        "Kinds and exit codes: input and resources and no result 1, usage 2, cancelled 3.",
    ]
    last = None
    for name, kind, message in errors():
        if name != last:
            lines += ["", f"## {name}", "", "| cause | what to do | kind |", "|---|---|---|"]
            last = name
        cause, _, remedy = message.rpartition("; ") if "; " in message else (message, "", "")
        if kind == SYSTEM:
            cause, remedy = f"{{}}: {cause}: {{}}", "by the system's reason what the rows with no cause of their own say"
        lines.append(f"| {cell(cause)} | {cell(remedy)} | {kind} |")
    return "\n".join(lines) + "\n"


def on_one_line():
    return [(name, message.replace("\n", " ")) for name, _, message in errors()]


def unraised(logs):
    formats, results = set(), []
    for log in logs:
        for line in pathlib.Path(log).read_text(errors="replace").splitlines():
            tag, _, text = line.partition("\t")
            (formats.add(text) if tag == "format" else results.append(text))
    results = "\n".join(results)
    flat = on_one_line()
    return flat, [(n, m) for n, m in flat if m not in formats and (re.search(r"\{[^}]*\}", m) or m not in results)]


def listed(pairs):
    return "".join(f"{name}: {message}\n" for name, message in pairs)


def exceptions():
    """The lines of tests/errors/unreached.txt; a line that begins with '#' is the reason of those below it."""
    return {line for line in EXCEPTIONS.read_text().splitlines() if line and not line.startswith("#")}


def main():
    command, logs = (sys.argv + [""])[1], sys.argv[2:]
    if command == "write":
        PAGE.write_text(page())
    elif command == "check":
        if PAGE.read_text() != page():
            sys.exit("docs/errors.md is out of date: run tests/errors/catalogue.py write")
        stale = exceptions() - set(listed(on_one_line()).splitlines())
        if stale:
            sys.exit("tests/errors/unreached.txt: no error of the sources; change it or take it out:\n" + "\n".join(sorted(stale)))
    elif command == "reached" and logs:
        everything, missing = unraised(logs)
        for layer in LAYERS + [""]:
            count = [sum(name.startswith(layer) for name, _ in pairs) for pairs in (everything, missing)]
            print(f"{layer or 'all':15} {count[0] - count[1]:4} of {count[0]:4} errors were raised")
        known, now = exceptions(), set(listed(missing).splitlines())
        for line in sorted(now - known):
            print("not raised and not an exception:", line)
        for line in sorted(known - now):
            print("an exception that is raised, or gone:", line)
        if now != known:
            sys.exit(1)
    else:
        sys.exit(__doc__)


main()
