"""The measured code: one file for each subject, run by `benchmarks.worker`."""
