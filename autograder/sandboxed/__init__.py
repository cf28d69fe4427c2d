"""All of the autograder that a submission can see: a fork server that makes kernels.

`fork_server` imports everything once and forks; `kernel_process` takes a fork into namespaces of
its own (`isolation`); `ipykernel_app` turns it into a Jupyter kernel; `processes` watches it.
This folder is shown inside the sandbox as it is, so nothing of the rest of the autograder may be
imported here, and no secret, expected value or solution may enter.
"""
