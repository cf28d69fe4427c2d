"""A client's ends of a kernel's ZeroMQ sockets."""

from __future__ import annotations

import zmq
from jupyter_client.session import Session

SEND_MILLISECONDS = 2000


class Connection:
    """A client's ends of a kernel's shell and output sockets.

    Args:
        connection: as in a Jupyter connection file.
        largest_message: in bytes; a larger one breaks the connection.
        waits: whether the sockets may not be there yet. Otherwise it connects once and for all.
    """

    def __init__(self, connection: dict[str, object], largest_message: int, waits: bool) -> None:
        self.connection, self.waits = connection, waits
        self.session = Session(key=str(connection["key"]).encode())
        self.context = zmq.Context.instance()
        self.shell = self._socket(zmq.DEALER, "shell_port", largest_message)
        self.output = self._socket(zmq.SUB, "iopub_port", largest_message)
        self.output.subscribe(b"")
        self.poller = zmq.Poller()
        self.poller.register(self.shell, zmq.POLLIN)
        self.poller.register(self.output, zmq.POLLIN)

    def _socket(self, kind: int, port: str, largest_message: int) -> zmq.Socket:
        socket = self.context.socket(kind)
        socket.linger = 0
        socket.sndtimeo = SEND_MILLISECONDS  # Nothing takes messages once the kernel has ended.
        socket.maxmsgsize = largest_message
        if self.connection["transport"] == "ipc":
            if not self.waits:
                # What the submission may put in the place of its sockets is not followed.
                socket.reconnect_ivl = -1
            socket.connect(f"ipc://{self.connection['ip']}-{self.connection[port]}")
        else:
            socket.connect(f"tcp://{self.connection['ip']}:{self.connection[port]}")
        return socket

    def send(self, kind: str, content: dict[str, object]) -> str:
        """Sends a request on the shell; its id."""
        request = self.session.msg(kind, content)
        self.session.send(self.shell, request)
        return request["header"]["msg_id"]

    def close(self) -> None:
        """Closes both sockets."""
        self.shell.close()
        self.output.close()
