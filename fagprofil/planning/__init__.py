"""Plans that a workplace can carry out: pathways, classes, rotation and pools."""
