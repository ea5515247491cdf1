"""What knows no service and no network: arguments, tasks, threads, lazy imports."""
