"""What benchmarks/gpu.py runs, each in a process of its own: training steps and a PyTorch peer."""
