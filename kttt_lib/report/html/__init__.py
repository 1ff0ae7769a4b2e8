"""HTML: one self-contained file each, no network, no CDN."""
