"""A labelled synthetic registry: whole provinces that never existed, of any size, from one seed.

``generate_sample`` makes the tables in memory, ``write_sample`` streams them to a folder block by block,
``published_marginals`` names the published marginals that the Ninh Bình sample aims at, and ``count_marginals``
counts them in a registry. The true parameters are ``settings.TRUTH``; its docstring states the data-generating process.
"""

from kttt_lib.registry.sample.generate import generate_sample, sample_blocks, sample_truth
from kttt_lib.registry.sample.marginals import count_marginals, published_marginals
from kttt_lib.registry.sample.settings import TRUTH, Truth
from kttt_lib.registry.sample.writing import write_sample

__all__ = [
    "TRUTH",
    "Truth",
    "count_marginals",
    "generate_sample",
    "published_marginals",
    "sample_blocks",
    "sample_truth",
    "write_sample",
]
