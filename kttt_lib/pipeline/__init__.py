"""The running: runs, the store of results, notebooks through papermill, reports whole or not at all."""
