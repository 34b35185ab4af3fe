#!/usr/bin/env bash
# A virtual environment with exactly the tested versions. Safe to stop and start again.
set -euo pipefail
python=$1
venv=$2
log=$venv/install.log

# A venv that was killed while it was made has a python and no pip.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
echo "Installing the packages into $venv (a few minutes the first time; progress in $log)"
install() {
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet "$@" >>"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        echo "twainbot: installing the packages failed; the last lines above say why, $log has all of it." >&2
        exit 1
    }
}
# torch first and by itself: with it in place nothing later can draw in another build of it.
install --constraint .ci/constraints.txt torch
install --constraint .ci/constraints.txt --editable '.[dev]'
