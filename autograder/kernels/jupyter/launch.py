"""The program of the kernelspec `kernels/jupyter/kernelspec`: a warm kernel for any Jupyter client.

    jupyter kernelspec install --user --name resnets-warm autograder/kernels/jupyter/kernelspec

A server (`autograder.kernels.jupyter.server`, started when the first kernel is) keeps the fork
server. The sandbox has no network, so this process passes bytes between the ports that the client
chose and the kernel's Unix sockets. It ends with the kernel, and the kernel ends with it.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from autograder.kernels.jupyter.server import ADDRESS
from autograder.sandboxed.protocol import PORTS

PATIENCE_SECONDS = 120.0


def main() -> None:
    """Serves the kernel that the connection file, the only argument, asks for."""
    connection = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asyncio.run(_serve(connection))


async def _serve(connection: dict) -> None:
    reader, writer = await _connect_to_server()
    _say(writer, {"do": "fork", "key": connection["key"]})
    answer = json.loads(await reader.readline() or "{}")
    if "ip" not in answer:
        raise SystemExit(answer.get("why", "The warm kernels' server has ended."))
    for port in PORTS:
        await _relay(connection, port, f"{answer['ip']}-{answer[port]}")
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, _say, writer, {"do": "interrupt"})
    loop.add_signal_handler(signal.SIGTERM, writer.close)
    while await reader.readline():
        pass  # The server closes the connection when the kernel ends.


def _say(writer: asyncio.StreamWriter, message: dict) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


async def _connect_to_server() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the server, which is started if it does not run."""
    started = False
    for _ in range(int(PATIENCE_SECONDS / 0.2)):
        try:
            return await asyncio.open_unix_connection(ADDRESS)
        except (FileNotFoundError, ConnectionRefusedError):
            if not started:
                program = [sys.executable, "-m", "autograder.kernels.jupyter.server"]
                subprocess.Popen(program, stdin=subprocess.DEVNULL, start_new_session=True)
                started = True
            await asyncio.sleep(0.2)
    raise SystemExit("The warm kernels' server did not start.")


async def _relay(connection: dict, port: str, kernel: str) -> None:
    """Listens where the client expects the kernel and passes everything on to it."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            kernel_reader, kernel_writer = await asyncio.open_unix_connection(kernel)
            await asyncio.gather(_copy(reader, kernel_writer), _copy(kernel_reader, writer))
        except OSError:
            writer.close()

    if connection["transport"] == "ipc":
        await asyncio.start_unix_server(pass_on, f"{connection['ip']}-{connection[port]}")
    else:
        await asyncio.start_server(pass_on, connection["ip"], connection[port])


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()
