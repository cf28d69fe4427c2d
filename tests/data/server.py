"""An HTTP server on this machine that can misbehave as real ones do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Serves one content.

    Attributes:
        cuts: After how many bytes to break each of the next answers off.
        statuses: Status codes with which to answer the next requests, before any content.
        ranges: Whether a broken transfer may be continued.
        etag: The content's version.
        requested: The Range header of each request so far (None without one).
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.cuts: list[int] = []
        self.statuses: list[int] = []
        self.ranges = True
        self.etag = '"1"'
        self.requested: list[str | None] = []
        self.url = ""


@contextmanager
def serving(content: bytes) -> Iterator[Server]:
    server = Server(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requested.append(self.headers.get("Range"))
            if server.statuses:
                self.send_error(server.statuses.pop(0))
                return
            self._answer(*self._part())

        def _part(self) -> tuple[int, int]:
            wanted = self.headers.get("Range")
            fresh = self.headers.get("If-Range") == server.etag
            if server.ranges and wanted and fresh:
                return 206, int(wanted.removeprefix("bytes=").rstrip("-"))
            return 200, 0

        def _answer(self, status: int, start: int) -> None:
            body = server.content[start:]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", server.etag)
            if status == 206:
                end = len(server.content)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
            self.end_headers()
            self.wfile.write(body[: server.cuts.pop(0)] if server.cuts else body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{httpd.server_port}/photographs.tar.gz"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
