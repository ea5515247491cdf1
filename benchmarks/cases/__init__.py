"""What is measured: one file a subject, run by `benchmarks.worker`."""
