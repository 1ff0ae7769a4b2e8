"""``pytest -p tests.nbval_warm --nbval``: the notebooks' kernels as a report starts them, one warm parent a worker."""

from kttt_lib.pipeline.warm import warm_kernels


def pytest_configure(config):
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        context = warm_kernels()
        context.__enter__()
        config.add_cleanup(lambda: context.__exit__(None, None, None))
