# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment an archive on a Dask cluster: each task is a shard of the files, and the results are merged at the end.

Run it in the bundle's folder (`lightbtseg` in place of `scripts` works anywhere after `pip install`):

    python docs/examples/predict_on_dask.py archive predictions --workers 2

The workers must see the archive and the results folder under the same paths. A shard whose worker dies is continued by
another worker, and the same command continues after an interruption.
"""

from __future__ import annotations

import argparse

from dask.distributed import Client, LocalCluster, as_completed

from scripts.prediction.predict import merge, predict
from scripts.prediction.shards import Shard


def segment(shard: Shard, inputs: list[str], output_dir: str) -> str:
    """Predict one shard on a worker; return a line for the log."""
    outcome = predict(inputs, output_dir, resume=True, shard=shard)
    return f"shard {shard}: {outcome['images']} images, {len(outcome['failed'])} files failed"


def main() -> None:
    """Share the files out, wait for all shards, merge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", help="as for predict")
    parser.add_argument("output_dir")
    parser.add_argument("--scheduler", help="address of a running cluster, such as tcp://node1:8786")
    parser.add_argument("--workers", type=int, default=2, help="processes on this machine, without --scheduler")
    parser.add_argument("--shards", type=int, default=64, help="keep it when you continue; several for each worker")
    args = parser.parse_args()

    cluster = args.scheduler or LocalCluster(n_workers=args.workers, threads_per_worker=1, dashboard_address=None)
    with Client(cluster) as client:
        shards = [Shard(number, args.shards) for number in range(1, args.shards + 1)]
        tasks = client.map(segment, shards, inputs=args.inputs, output_dir=args.output_dir, pure=False)
        for _, line in as_completed(tasks, with_results=True):
            print(line, flush=True)
    outcome = merge(args.output_dir)
    print(f"{outcome['images']} images, {outcome['lesions']} with a lesion, {len(outcome['failed'])} files failed")


if __name__ == "__main__":
    main()
