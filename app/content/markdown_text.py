"""Plain text inside Markdown: what is typed is what any Markdown viewer shows.

The texts of a card are never Markdown. The writer puts a backslash before a sign only where CommonMark (or
GitHub's tables, strike-through and check boxes) would take it as structure; the reader takes it away again.
Two things have no backslash and are written as a character reference: a deep indent at the start of a
paragraph, which would make it a block of code, and a line break in a field of one line.
"""

import re

_SIGNS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"  # a backslash that would escape the next sign, or break the line
    r"|`"  # code
    r"|\*+|_+|~+"  # emphasis; `_run` decides
    r"|\](?=[(:])"  # a link, or what a link elsewhere would point at
    r"|<(?=[A-Za-z/!?]|[^\s<>]*@)"  # HTML, comments and automatic links
    r"|&(?=#?\w+;)"  # a character reference
)
_NUMBER = re.compile(r"(\d{1,9})(?=[.)](?:[ \t]|\Z))", re.ASCII)
_BLOCK = re.compile(
    r"#{1,6}(?:[ \t]|\Z)"  # a heading
    r"|>"  # a quotation
    r"|[-+*](?:[ \t]|\Z)"  # a list
    r"|\[[ xX]\](?:[ \t]|\Z)"  # a check box
    r"|(?:[-_*][ \t]*){3,}\Z"  # a line across the page
    r"|=+[ \t]*\Z"  # the line that makes a heading of the text above it
    r"|[|: \t]*-[-:| \t]*\Z"  # the same, and the second line of a table
)
_MAYBE_SPECIAL = re.compile(r"[\\`*_~\]<&]|^[ \t]|^[#>+=|:\[\d-]", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|\\(?=\n[^\n])|&#(9|10|32);")


def escape_line(line: str) -> str:
    """Text for the middle of a line: after a label, or in a heading."""
    if not _MAYBE_SPECIAL.search(line) and "\n" not in line:
        return line
    return _SIGNS.sub(_escape_sign, line).replace("\n", "&#10;")


def escape_start(line: str) -> str:
    """Text of one line for where a block may start: at the start of a line or of a list item."""
    escaped = escape_line(line)
    number = _NUMBER.match(line)
    if number:
        return f"{number[1]}\\{escaped[number.end() :]}"
    # Where the sign itself has been escaped already, one backslash does.
    return "\\" + escaped if _BLOCK.match(line) and escaped[0] == line[0] else escaped


def escape_heading(text: str) -> str:
    """Text for a heading: signs `#` at its end would be taken as decoration."""
    escaped = escape_line(text)
    bare = escaped.rstrip("#")
    return escaped if bare == escaped else f"{bare}\\{escaped[len(bare) :]}"


def escape_text(text: str) -> str:
    """Text of any number of lines as paragraphs of its own; text in normal form (`clean.clean_text`)."""
    if not _MAYBE_SPECIAL.search(text):
        return text
    lines = text.split("\n")
    return "\n".join(
        _paragraph_line(line, starts_paragraph=number == 0 or not lines[number - 1])
        for number, line in enumerate(lines)
    )


def unescape(text: str) -> str:
    """What was written by the functions above, or by a person, as the plain text it stands for."""
    if "\\" not in text and "&#" not in text:
        return text
    return _ESCAPED.sub(_unescape_sign, text)


def _paragraph_line(line: str, *, starts_paragraph: bool) -> str:
    rest = line.lstrip(" \t")
    indent = line[: len(line) - len(rest)]
    if starts_paragraph and ("\t" in indent or len(indent) >= 4):
        return f"&#{ord(indent[0])};{indent[1:]}{escape_line(rest)}"
    return indent + escape_start(rest)


def _escape_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if sign[0] in "*_~" and not _run_matters(found):
        return sign
    return "".join("\\" + each for each in sign)


def _run_matters(found: re.Match[str]) -> bool:
    """Whether a run of ``*``, ``_`` or ``~`` could begin or end emphasis."""
    run = found[0]
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if run[0] == "~":  # without one that can end it, a single one stays what it is
        return len(run) > 1 or not _is_space(before)
    if run[0] == "_" and before.isalnum() and after.isalnum():
        return False
    return not (_is_space(before) and _is_space(after))


def _is_space(sign: str) -> bool:
    """The ends of a line count as space; a line break does not, for it is written as a reference."""
    return not sign or (sign.isspace() and sign != "\n")


def _unescape_sign(found: re.Match[str]) -> str:
    return chr(int(found[2])) if found[2] else found[1] or ""
