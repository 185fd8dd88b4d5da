"""The customer file: what is known is filed, fills in what a request leaves out, and is decided anew."""
