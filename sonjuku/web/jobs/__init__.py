"""Background work. A task's arguments are ids only, and running one twice does no harm: a dead worker's tasks return."""
