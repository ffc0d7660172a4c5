"""Official reports: which are known, which of them are loaded, where to get the others."""
