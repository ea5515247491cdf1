"""The network behind one seam: `base.Transport`."""
