"""Amazon IVS: channels, their stream sessions, and playback restriction policies."""
