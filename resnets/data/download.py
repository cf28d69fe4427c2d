"""One file from the network into memory, with a progress bar; a broken transfer is resumed."""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests
from tqdm import tqdm

from resnets.data.errors import DatasetError

MAX_SIZE = 128 << 20  # bytes of the photographs' archive
TIMEOUT = (10, 30)  # seconds to connect, seconds between two pieces
PAUSES = (1.0, 2.0, 4.0)  # seconds before each new attempt
_PIECE = 1 << 16
_BUSY = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Wanted:
    """What a file is, in the words of messages.

    Attributes:
        title: Beside the progress bar.
        name: In a sentence: "this is not …".
        max_size: Bytes; a larger file is refused.
        otherwise: What to do where it cannot be downloaded.
    """

    title: str
    name: str
    max_size: int
    otherwise: str


PHOTOGRAPHS = Wanted(
    "photographs",
    "the archive of photographs",
    MAX_SIZE,
    "give a copy of the archive with --archive FILE",
)


def download(
    url: str,
    *,
    wanted: Wanted = PHOTOGRAPHS,
    kept: Path | None = None,
    pauses: Sequence[float] = PAUSES,
    progress: bool = True,
) -> bytes:
    """Fetch a file over HTTP.

    A connection that breaks or a server that is busy is tried again after each pause; what has
    arrived is kept when the server can continue (HTTP ranges), else it starts again. The file is
    held in memory, so whatever happens leaves nothing on the disk, but for `kept`.

    Args:
        url: An http or https address.
        wanted: What the file is.
        kept: A file for what has arrived when the download ends early, so that the next call goes
            on from there; it is removed at the end. None: the next call starts again.
        pauses: Seconds to wait before the second, third … attempt.
        progress: Whether to show a bar on standard error.

    Raises:
        DatasetError: No network, no such file, a file that is too large, or still incomplete
            after the last attempt.
    """
    transfer = _Transfer(url, wanted, progress)
    if kept is not None:
        transfer.go_on_from(kept)
    try:
        for pause in (*pauses, None):
            try:
                content = transfer.run()
                if kept is not None:
                    kept.unlink(missing_ok=True)
                return content
            except _Interrupted as error:
                if pause is None:
                    raise DatasetError(
                        f"the download from {url} broke off again and again ({error}): try again "
                        f"later, or {wanted.otherwise}"
                    ) from error
                time.sleep(pause)
    except BaseException:  # an interrupt, too
        if kept is not None:
            transfer.keep(kept)
        raise
    finally:
        transfer.close()
    raise AssertionError("the last attempt either returns or raises")


class _Interrupted(Exception):
    """This attempt failed in a way that another may not."""


class _Transfer:
    """What has arrived so far, kept from one attempt to the next."""

    def __init__(self, url: str, wanted: Wanted, progress: bool) -> None:
        self.url = url
        self.wanted = wanted
        self.content = bytearray()
        self.version = ""  # the server's name for this very file, so that halves fit together
        self._progress = progress
        self._bar: tqdm | None = None  # from the first answer on: no bar beside "no connection"

    def keep(self, path: Path) -> None:
        """Write what has arrived, and of which version it is, where the server named one."""
        if self.content and self.version:
            about = json.dumps({"url": self.url, "version": self.version}).encode()
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(about + b"\n" + self.content)

    def go_on_from(self, path: Path) -> None:
        """Take over what an earlier download has kept of the same file."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            about, _, content = path.read_bytes().partition(b"\n")
            kept = json.loads(about)
            if kept["url"] == self.url and kept["version"]:
                self.version, self.content = str(kept["version"]), bytearray(content)

    def run(self) -> bytes:
        headers = {"Accept-Encoding": "identity"}
        if self.content and self.version:
            headers |= {"Range": f"bytes={len(self.content)}-", "If-Range": self.version}
        try:
            with requests.get(self.url, headers=headers, stream=True, timeout=TIMEOUT) as reply:
                self._check(reply)
                self._receive(reply)
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.Timeout) as error:
            raise _Interrupted(_reason(error)) from error
        except requests.exceptions.ConnectionError as error:
            if self.content:
                raise _Interrupted(_reason(error)) from error
            raise DatasetError(
                f"no connection to {self.url}: check the network, or {self.wanted.otherwise}"
            ) from error
        except (requests.exceptions.RequestException, ValueError) as error:
            if isinstance(error, DatasetError):
                raise
            raise DatasetError(
                f"{self.url} is no address to download from ({error}): expected http:// or https://"
            ) from error
        return bytes(self.content)

    def _check(self, reply: requests.Response) -> None:
        if reply.status_code in _BUSY:
            raise _Interrupted(f"the server answered {reply.status_code} {reply.reason}")
        if reply.status_code not in (200, 206):
            raise DatasetError(
                f"the server answered {reply.status_code} {reply.reason} for {self.url}: check the "
                f"address, or {self.wanted.otherwise}"
            )

    def _receive(self, reply: requests.Response) -> None:
        continued = reply.headers.get("Content-Range", "").startswith(f"bytes {len(self.content)}-")
        if reply.status_code != 206 or not continued:
            self.content.clear()
            if reply.status_code == 206:
                self.version = ""
                raise _Interrupted("the server continued at another place")
        etag = reply.headers.get("ETag", "")
        # Only a strong ETag promises the same bytes; without one a new attempt starts again.
        self.version = "" if etag.startswith("W/") else etag
        if not self.version:
            self.version = reply.headers.get("Last-Modified", "")
        length = int(reply.headers.get("Content-Length") or 0)
        bar = self._new_bar((len(self.content) + length) if length else None)
        for piece in reply.iter_content(_PIECE):
            self.content += piece
            bar.update(len(piece))
            if len(self.content) > self.wanted.max_size:
                self.version = ""
                raise DatasetError(
                    f"{self.url} sends more than {self.wanted.max_size >> 20} MB: this is not "
                    f"{self.wanted.name}"
                )

    def _new_bar(self, total: int | None) -> tqdm:
        self.close()
        self._bar = tqdm(
            desc=self.wanted.title,
            total=total,
            initial=len(self.content),
            unit="B",
            unit_scale=True,
            unit_divisor=1024,
            disable=not self._progress,
        )
        return self._bar

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _reason(error: Exception) -> str:
    return "timed out" if isinstance(error, requests.exceptions.Timeout) else "connection lost"
