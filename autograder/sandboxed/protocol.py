"""What the fork server and whoever talks to its kernels agree on."""

PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
"""Of every kernel: with the socket's name before them, they are the names of its Unix sockets."""
SOCKET_NAME = "k"
"""How the sockets of a kernel are called, in its own directory."""
