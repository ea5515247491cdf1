"""A range of images in windows of one page each."""
