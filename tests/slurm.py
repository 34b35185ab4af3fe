"""A stand-in for Slurm: commands on PATH that run the submitted script here, one array task at a time.

It answers as Slurm does as far as twainbot asks: sbatch prints the job's number, squeue prints a line while
the job runs and fails for one that is over, scancel kills it, scontrol expands a list of hosts.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SBATCH = """\
for script; do :; done
echo "$@" >> "$STATE/submitted"
job=$(wc -l < "$STATE/submitted" | tr -d ' ')
grep -q '^#SBATCH --partition=debug$' "$script" || { echo "invalid partition" >&2; exit 1; }
last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
cp "$script" "$STATE/$job.sh"
touch "$STATE/$job.queued"
export RUN_OFFSET=0 SLURM_NODELIST=localhost SLURM_JOB_ID=$job
setsid sh -c "
    for task in \\$(seq 0 $last); do SLURM_ARRAY_TASK_ID=\\$task bash '$STATE/$job.sh'; done
    rm '$STATE/$job.queued'
" > "$STATE/$job.out" 2>&1 < /dev/null &
echo $! > "$STATE/$job.pid"
echo "Submitted batch job $job"
"""
SQUEUE = """\
for argument; do job=${argument#--jobs=}; done
[ -e "$STATE/$job.queued" ] && { echo "$job debug R"; exit; }
echo "slurm_load_jobs error: Invalid job id specified" >&2
exit 1
"""
SCANCEL = """\
rm -f "$STATE/$1.queued"
echo "$1" >> "$STATE/cancelled"
kill -- "-$(cat "$STATE/$1.pid")"
"""
SCONTROL = 'echo "$3"\n'


def install_slurm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the commands on PATH; returns the folder of their state: `submitted`, `cancelled`, `JOB.out`."""
    if not shutil.which("setsid"):
        pytest.skip("the stand-in for Slurm needs setsid (util-linux)")
    commands, state = folder / "slurm/bin", folder / "slurm/state"
    commands.mkdir(parents=True)
    state.mkdir()
    for name, text in {"sbatch": SBATCH, "squeue": SQUEUE, "scancel": SCANCEL, "scontrol": SCONTROL}.items():
        path = commands / name
        path.write_text(f"#!/bin/bash\nSTATE='{state}'\n{text}", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(commands), prepend=":")
    return state
