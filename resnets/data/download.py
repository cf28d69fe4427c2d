"""One file from the network into memory, with a progress bar; a broken transfer is resumed."""

import time
from collections.abc import Sequence

import requests
from tqdm import tqdm

from resnets.data.errors import DatasetError

MAX_SIZE = 128 << 20  # bytes
TIMEOUT = (10, 30)  # seconds to connect, seconds between two pieces
PAUSES = (1.0, 2.0, 4.0)  # seconds before each new attempt
_PIECE = 1 << 16
_BUSY = {408, 425, 429, 500, 502, 503, 504}


def download(
    url: str,
    *,
    pauses: Sequence[float] = PAUSES,
    progress: bool = True,
    largest: int = MAX_SIZE,
    what: str = "photographs",
) -> bytes:
    """Fetch a file over HTTP.

    A connection that breaks or a server that is busy is tried again after each pause; what has
    arrived is kept when the server can continue (HTTP ranges), else it starts again. The file is
    held in memory, so whatever happens leaves nothing on the disk.

    Args:
        url: An http or https address.
        pauses: Seconds to wait before the second, third … attempt.
        progress: Whether to show a bar on standard error.
        largest: How many bytes the file may have.
        what: What the bar is called.

    Raises:
        DatasetError: No network, no such file, a file that is too large, or still incomplete
            after the last attempt.
    """
    transfer = _Transfer(url, progress, largest, what)
    try:
        for pause in (*pauses, None):
            try:
                return transfer.run()
            except _Interrupted as error:
                if pause is None:
                    raise DatasetError(
                        f"the download from {url} broke off again and again ({error}): try again "
                        "later, or give a copy of the archive with --archive FILE"
                    ) from error
                time.sleep(pause)
    finally:
        transfer.close()
    raise AssertionError("the last attempt either returns or raises")


class _Interrupted(Exception):
    """This attempt failed in a way that another may not."""


class _Transfer:
    """What has arrived so far, kept from one attempt to the next."""

    def __init__(self, url: str, progress: bool, largest: int, what: str) -> None:
        self.url = url
        self._largest, self._what = largest, what
        self.content = bytearray()
        self.version = ""  # the server's name for this very file, so that halves fit together
        self._progress = progress
        self._bar: tqdm | None = None  # from the first answer on: no bar beside "no connection"

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
                f"no connection to {self.url}: check the network, or give a copy of the archive "
                "with --archive FILE"
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
                "address, or give a copy of the archive with --archive FILE"
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
            if len(self.content) > self._largest:
                raise DatasetError(
                    f"{self.url} sends more than {self._largest >> 20} MB: this is not the archive "
                    "of photographs"
                )

    def _new_bar(self, total: int | None) -> tqdm:
        self.close()
        self._bar = tqdm(
            desc=self._what,
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
