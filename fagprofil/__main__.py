"""``python -m fagprofil``."""

from fagprofil.cli import main

main()
