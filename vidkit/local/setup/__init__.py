"""What a program may set up in the local cloud, by subject."""
