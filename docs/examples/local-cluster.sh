#!/bin/sh
# A scheduler of dask and two workers on this machine, and a scan that uses them.
# Usage: sh local-cluster.sh FOLDER [options of evanesce scan]
set -eu
folder=$1
shift
python=${PYTHON:-python3}
file=$folder/scheduler.json
$python -m distributed.cli.dask_scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file "$file" &
started=$!
trap 'kill $started 2>/dev/null || true; wait' EXIT
until [ -s "$file" ]; do
    kill -0 $started
    sleep 0.2
done
for _ in 1 2; do
    $python -m distributed.cli.dask_worker --scheduler-file "$file" --nthreads 1 --no-dashboard \
        --host 127.0.0.1 --local-directory "$folder" &
    started="$started $!"
done
address=$($python -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$file")
$python -m evanesce scan "$@" --scheduler "$address"
