"""The download keeps what it has, gives up with a sentence, and never trusts a length."""

import socket
from dataclasses import replace

import pytest

from resnets.data import DatasetError
from resnets.data import download as module
from resnets.data.download import download

from .server import serving

CONTENT = bytes(range(256)) * 1000


def fetch(url: str) -> bytes:
    return download(url, pauses=(0, 0), progress=False)


def test_whole_file_in_one_go():
    with serving(CONTENT) as server:
        assert fetch(server.url) == CONTENT
    assert server.requested == [None]


def test_broken_transfer_is_continued_where_it_broke():
    with serving(CONTENT) as server:
        server.cuts = [100_000, 100_000]
        assert fetch(server.url) == CONTENT
    starts = [int(r.removeprefix("bytes=").rstrip("-")) for r in server.requested[1:]]
    assert len(starts) == 2 and 0 < starts[0] < starts[1]


def test_server_without_ranges_sends_all_again():
    with serving(CONTENT) as server:
        server.ranges, server.cuts = False, [100_000]
        assert fetch(server.url) == CONTENT


def test_a_file_that_changed_meanwhile_is_not_pieced_together():
    with serving(CONTENT) as server:
        server.cuts = [100_000]

        class Changing(list):
            def append(self, value):
                super().append(value)
                if len(self) == 2:
                    server.etag, server.content = '"2"', CONTENT[::-1]

        server.requested = Changing()
        assert fetch(server.url) == CONTENT[::-1]


def test_busy_server_is_asked_again():
    with serving(CONTENT) as server:
        server.statuses = [503]
        assert fetch(server.url) == CONTENT


def test_truncated_every_time():
    with serving(CONTENT) as server:
        server.ranges, server.cuts = False, [10, 10, 10]
        with pytest.raises(DatasetError, match="broke off again and again") as error:
            fetch(server.url)
    assert len(server.requested) == 3
    assert "--archive" in str(error.value)


@pytest.mark.parametrize("status", [403, 404])
def test_missing_file_is_not_asked_for_twice(status):
    with serving(CONTENT) as server:
        server.statuses = [status]
        with pytest.raises(DatasetError, match=f"answered {status}"):
            fetch(server.url)
    assert len(server.requested) == 1


def test_no_network():
    with socket.socket() as taken:  # bound and never listening: every connection is refused
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(DatasetError, match="no connection"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/x")


def test_silent_server_times_out(monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", (1, 0.05))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(DatasetError, match="timed out"):
            fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/x")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/x", "http://", "http://[::1"])
def test_no_address(url):
    with pytest.raises(DatasetError, match="no address"):
        fetch(url)


def test_endless_file():
    small = replace(module.PHOTOGRAPHS, max_size=100_000)
    with serving(CONTENT) as server, pytest.raises(DatasetError, match="not the archive"):
        download(server.url, wanted=small, progress=False)


def test_progress_bar_counts_bytes(capsys):
    with serving(CONTENT) as server:
        download(server.url, progress=True)
    assert "250k/250k" in capsys.readouterr().err
