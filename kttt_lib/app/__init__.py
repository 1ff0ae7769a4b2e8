"""Lists taken in on a page: widgets for JupyterLab, and the same page served on one's own machine by Voilà."""

# `kttt app` tells its kernels by this in which folder, nobody else's, files may lie.
FOLDER = "KTTT_APP_FOLDER"
