"""The tags of a Les Houches event file: its ``<init>`` block and its events as plain lines of numbers.

Event generators do not write XML that an XML library could read, so we find the tags ourselves. No match crosses the
end of an event, even if the event is damaged. A file is read a few megabytes at a time, and no part of it (the part
before the events, an event, the part after the last tag) may be larger than 32 MB. So memory is bounded, and the time
is proportional to the size of the file, also for a gzip file that unpacks to any size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, NoReturn

from evanesce.errors import DataFileError

__all__ = ["BLOCK", "LARGEST_PART", "LheMarkup", "RawEvent", "shortened"]

BLOCK: Final[int] = 1 << 23
"""Bytes read at a time."""
LARGEST_PART: Final[int] = 1 << 25
"""Size limit of a part of a file in bytes: a thousand times the largest events of real generators."""
_LAST: Final[str] = "</LesHouchesEvents>"
_LONGEST_NAME: Final[int] = 32
"""Bytes that are enough to recognise any tag."""
_BOM: Final[bytes] = b"\xef\xbb\xbf"
# a > inside quotes does not end a tag, and an unclosed quote is an apostrophe
_TAG_END: Final[bytes] = rb"(?:(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>|[^<>]*+>)"


def _tag(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<" + name + rb"(?=[\s/>])" + _TAG_END, re.IGNORECASE)


_PROLOG: Final[re.Pattern[bytes]] = re.compile(rb"(?:\s+|<\?[^<>]*>|<![^<>]*>){0,100}")
_ROOT: Final[re.Pattern[bytes]] = re.compile(rb"<LesHouchesEvents(?=[\s/>])", re.IGNORECASE)
_HEADER: Final[re.Pattern[bytes]] = re.compile(rb"<header(?=[\s>])[^<>]*(?<!/)>", re.IGNORECASE)
_HEADER_END: Final[re.Pattern[bytes]] = re.compile(rb"</header\s*>", re.IGNORECASE)
_INIT: Final[re.Pattern[bytes]] = _tag(rb"init")
_INIT_END: Final[re.Pattern[bytes]] = re.compile(rb"</init\s*>", re.IGNORECASE)
_EVENT: Final[re.Pattern[bytes]] = _tag(rb"event")
_EVENT_NAME: Final[re.Pattern[bytes]] = re.compile(rb"<event(?=[\s/>])", re.IGNORECASE)
_EVENT_END: Final[re.Pattern[bytes]] = re.compile(rb"</event\s*>", re.IGNORECASE)
_LAST_TAG: Final[re.Pattern[bytes]] = re.compile(re.escape(_LAST[:-1].encode()) + rb"\s*>", re.IGNORECASE)
_NEW_PART: Final[re.Pattern[bytes]] = re.compile(rb"<(?:event|LesHouchesEvents)(?=[\s/>])", re.IGNORECASE)
_EVENTS_OR_LAST: Final[re.Pattern[bytes]] = re.compile(rb"<event(?=[\s/>])|</LesHouchesEvents\s*>", re.IGNORECASE)
_HIDING: Final[re.Pattern[bytes]] = re.compile(rb"<!--|<!\[CDATA\[", re.IGNORECASE)
_INNER: Final[re.Pattern[bytes]] = re.compile(
    rb"<!--|<!\[CDATA\[|</event\s*>|<event(?=[\s/>])|</LesHouchesEvents", re.IGNORECASE
)
_SPACE: Final[re.Pattern[bytes]] = re.compile(rb"\s*+")
_ANY_END: Final[re.Pattern[bytes]] = re.compile(rb"</(?:event|LesHouchesEvents)", re.IGNORECASE)
_PLAIN: Final[re.Pattern[bytes]] = re.compile(rb"(\s*<event>)([^<#]*)</event>")
"""An event that contains only numbers, as most do."""
_PARTICLE: Final[re.Pattern[bytes]] = re.compile(
    rb"\n[ \t]*[-+]?\d+[ \t]+[-+]?\d+(?:[ \t]+\d+){4}(?:[ \t]+[-+]?[\d.]+(?:[eEdD]?[-+]?\d+)?){7}(?=\s)"
)
"""A line of six whole numbers and seven others: a particle, not weights."""
_TRIALS: Final[re.Pattern[bytes]] = re.compile(rb"\s(?:n?trials|ntries)\s*=\s*[\"']?([^\"'\s<>]*)", re.IGNORECASE)


class RawEvent(NamedTuple):
    """An event without its tags."""

    line: int
    """Line of the file where it begins."""
    first: int
    """Line where ``text`` begins."""
    text: bytes
    """The lines of numbers before any other tag, without comments in tags, but with ``#`` comments."""
    trials: bytes
    """The attribute ``trials`` or ``ntries``, empty if there is none."""


class _Unfinished(Exception):  # noqa: N818 - not an error: more data must be read
    """The data read so far end inside a tag or an event."""


class LheMarkup:
    """Reads a stream part by part: first :meth:`run`, then :meth:`events`.

    Raises
    ------
    DataFileError
        The file is not well formed; the message names the line.

    """

    def __init__(self, stream: IO[bytes], path: Path, block: int) -> None:
        self._stream = stream
        self._path = path
        self._block = block
        self._text = b""
        """Data read but not yet used."""
        self._line = 1
        """Line of the file where ``_text`` begins."""
        self._over = False
        """Whether the last tag was found."""

    def run(self) -> tuple[int, bytes]:
        """Read the ``<init>`` block: the line where it begins, and its lines of numbers."""
        more = self._more("a header")
        while True:
            masked = _masked(self._text)
            self._check_root(masked, more)
            header = _HEADER.search(masked)
            end = _HEADER_END.search(masked, header.end()) if header else None
            if header and end:
                masked = masked[: header.start()] + _blank(masked[header.start() : end.end()]) + masked[end.end() :]
            if end or not header or not more:
                begin = _INIT.search(masked)
                stop = _INIT_END.search(masked, begin.end()) if begin else None
                events = _EVENTS_OR_LAST.search(masked)
                if begin and stop and not (events and events.start() < stop.start()):
                    break
                if events or not more:
                    at = events.start() if events else len(self._text)
                    came = "the events begin" if events else "the file ends"
                    self.refuse(self._line_of(at), f"{came} without a complete <init> block")
            more = self._more("a header")
        line = self._line_of(begin.end())
        numbers = masked[begin.end() : stop.start()]
        self._use(stop.end())
        return line, numbers.partition(b"<")[0]

    def events(self) -> Iterator[list[RawEvent]]:
        """Whole events, some megabytes at a time."""
        while not self._over:
            found = self._whole_events()
            if found:
                yield found
            if not self._over:
                self._read_on()
        self._finish()

    def refuse(self, line: int, what: str) -> NoReturn:
        """Raise the error for a line."""
        raise DataFileError(f"'{self._path}', line {line}: {what}")

    def _more(self, what: str) -> bool:
        """Read the next block; False at the end of the file."""
        if len(self._text) > LARGEST_PART:
            self.refuse(self._line, f"{what} of more than {LARGEST_PART >> 20} MB begins here, which is not allowed")
        block = self._stream.read(self._block)
        self._text += block
        return bool(block)

    def _read_on(self) -> None:
        """Read until an event ends, so that a long event is not searched many times."""
        while True:
            before = max(len(self._text) - _LONGEST_NAME, 0)
            if not self._more("an event"):
                self._refuse_cut_off()
            if _ANY_END.search(self._text, before):
                return

    def _use(self, end: int) -> None:
        self._line = self._line_of(end)
        self._text = self._text[end:]

    def _line_of(self, at: int) -> int:
        return self._line + self._text.count(b"\n", 0, at)

    def _check_root(self, masked: bytes, more: bool) -> None:
        text = masked.removeprefix(_BOM)
        start = len(masked) - len(text)
        at = start + _end(_PROLOG, text, 0)
        if at < len(masked) and not _ROOT.match(masked, at) and (len(masked) - at > _LONGEST_NAME or not more):
            self.refuse(self._line_of(at), "is not the beginning of an LHE file, <LesHouchesEvents>")

    def _whole_events(self) -> list[RawEvent]:
        """Take the events that are complete."""
        text, at, line, found = self._text, 0, self._line, []
        try:
            while True:
                while plain := _PLAIN.match(text, at):
                    line += plain.group(1).count(b"\n")
                    found.append(RawEvent(line, line, plain.group(2), b""))
                    line += plain.group(2).count(b"\n")
                    at = plain.end()
                begin = self._outside(text, at)
                line += text.count(b"\n", at, begin)
                at = begin
                if self._over:
                    break
                tag = _EVENT.match(text, begin)
                if not tag:
                    self.refuse(line, f"'{shortened(text[begin : begin + 80])}' is an incomplete tag")
                first = line + text.count(b"\n", begin, tag.end())
                numbers, end = self._inside(text, tag.end(), first)
                trials = _TRIALS.search(text, begin, tag.end())
                found.append(RawEvent(line, first, numbers, trials.group(1) if trials else b""))
                line += text.count(b"\n", begin, end)
                at = end
        except _Unfinished:
            pass
        self._text, self._line = text[at:], line
        return found

    def _outside(self, text: bytes, at: int) -> int:
        """Position of the next event, after comments; or of the last tag, which is recorded."""
        while True:
            at = _end(_SPACE, text, at)
            if text.startswith(b"#", at):
                at = _closed(text, at, b"\n")
                continue
            if text.startswith(b"<!--", at):
                end = _closed(text, at + 4, b"-->")
                if text.find(b"<!--", at + 4, end) >= 0:
                    self.refuse(self._line_of(at), "a comment begins here, and another one before it ends")
                at = end
                continue
            if _EVENT_NAME.match(text, at):
                if text.find(b"<", at + 1) < 0:
                    raise _Unfinished
                return at
            if _LAST_TAG.match(text, at):
                self._over = True
                return at
            if len(text) - at < _LONGEST_NAME:
                raise _Unfinished
            self.refuse(self._line_of(at), f"'{shortened(text[at : at + 80])}' outside an event")

    def _inside(self, text: bytes, at: int, first: int) -> tuple[bytes, int]:
        """The lines of numbers of an event, and the position of its end."""
        pieces: list[bytes] = []
        begin, numbers = at, True
        while True:
            tag = text.find(b"<", at)
            if tag >= 0 and numbers and b"#" in text[at:tag].rpartition(b"\n")[2]:  # after a #, unless the event ends
                stop = text.find(b"\n", tag)
                end = _EVENT_END.search(text, tag, stop if stop >= 0 else len(text))
                if not end:
                    if stop < 0:
                        raise _Unfinished
                    pieces.append(text[at:tag])
                    at = stop
                    continue
                tag = end.start()
            if numbers and tag >= 0:
                pieces.append(text[at:tag])
            found = _INNER.search(text, tag) if tag >= 0 else None
            if not found:
                raise _Unfinished
            rest = tag if numbers else at
            numbers = numbers and found.start() == tag
            particle = None if numbers else _PARTICLE.search(text, rest, found.start())
            if particle:
                line = first + text.count(b"\n", begin, particle.end())
                self.refuse(line, "a particle after other tags of an event, or the tags between two events are damaged")
            kind = found.group().lower()
            if kind.startswith(b"</event"):
                return b"".join(pieces), found.end()
            if not kind.startswith(b"<!"):
                line = first + text.count(b"\n", begin, found.start())
                self.refuse(line, f"'{found.group().decode()}' inside an event that has not ended")
            end_of_comment = _closed(text, found.end(), b"-->" if kind == b"<!--" else b"]]>")
            comment = text[found.start() : end_of_comment]
            if _EVENT_END.search(comment):
                line = first + text.count(b"\n", begin, found.start())
                self.refuse(line, "a comment begins here that extends beyond the end of an event")
            if numbers:
                pieces.append(_blank(comment))
            at = end_of_comment

    def _refuse_cut_off(self) -> NoReturn:
        left = self._text.strip()
        line = self._line_of(len(self._text.rstrip()))
        inside = "inside an event" if _EVENT_NAME.search(left) else f"without {_LAST}"
        inside = "inside a comment" if left.startswith(b"<!") else inside
        self.refuse(max(line, 1), f"the file ends {inside}, it is cut off")

    def _finish(self) -> None:
        """Read the rest after the last tag; it must not contain events."""
        total = len(self._text)
        self._use(_end(_LAST_TAG, self._text, 0))
        while True:
            again = _NEW_PART.search(self._text)
            if again:
                self.refuse(self._line_of(again.start()), f"events go on after {_LAST}")
            self._use(max(len(self._text) - _LONGEST_NAME, 0))
            if total > LARGEST_PART:
                self.refuse(self._line, f"more than {LARGEST_PART >> 20} MB follow {_LAST}, which is not allowed")
            before = len(self._text)
            if not self._more("a rest"):
                return
            total += len(self._text) - before


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """End of a match that begins at ``at``."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _closed(text: bytes, at: int, by: bytes) -> int:
    """End of the comment that began before ``at``."""
    end = text.find(by, at)
    if end < 0:
        raise _Unfinished
    return end + len(by)


def _masked(text: bytes) -> bytes:
    """Blank comments and character data; an incomplete one extends to the end."""
    pieces, at = [], 0
    while found := _HIDING.search(text, at):
        by = b"-->" if found.group() == b"<!--" else b"]]>"
        end = text.find(by, found.end())
        stop = end + len(by) if end >= 0 else len(text)
        pieces += [text[at : found.start()], _blank(text[found.start() : stop])]
        at = stop
    return b"".join([*pieces, text[at:]])


def _blank(text: bytes) -> bytes:
    """Spaces in place of a text, with the same number of lines."""
    return b"\n".join(b" " * len(line) for line in text.split(b"\n"))


def shortened(text: bytes) -> str:
    """The beginning of a line, for error messages."""
    shown = text.strip().partition(b"\n")[0].strip().decode("ascii", "backslashreplace")
    return shown if len(shown) <= 60 else shown[:57] + "..."
