"""Plans that a workplace can carry out."""
