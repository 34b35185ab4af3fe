#!/usr/bin/env bash
# What must be there before anything is installed; each lack in one sentence.
# Also for bash 3.2 and the BSD tools of macOS.
set -u
python=$1
venv=$2
fail() { echo "twainbot: $1" >&2; exit 1; }

# Without its developer tools, macOS has commands git and python3 that only say so.
git --version >/dev/null 2>&1 || fail "git is not installed; install it with your package manager."
if ! reason=$(git rev-parse --git-dir 2>&1); then
    [ -e .git ] && fail "git refuses this checkout: $(printf %s "$reason" | tr -s '\n\t' '  ')"
    fail "this is not a git checkout (no .git), and DVC needs one. Clone the repository with 'git clone', or run 'git init && git add -A && git commit -m start' here."
fi
[ -x "$venv/bin/python" ] && exit 0
command -v "$python" >/dev/null || fail "'$python' is not found; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || fail "'$python' does not run; name another one: make PYTHON=/path/to/python3."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python $version is too old; 3.11 or newer is needed. Name another one: make PYTHON=/path/to/python3."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv."
# The number before the percentage: names of network disks may hold spaces, so columns cannot be counted.
free=$(df -Pk . | awk 'NR == 2 {for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+%$/) print int($(i - 1) / 1048576)}')
[ "${free:-5}" -ge 5 ] || fail "only $free GB are free here; the packages and the pipeline's outputs need 5."
