"""Which machine and which software it was."""
import datetime
import os
import platform
import re
import subprocess
from pathlib import Path


def _output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _lscpu():
    pairs = (line.split(":", 1) for line in _output("lscpu").splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def _first_line(*command):
    return (_output(*command).splitlines() or ["unknown"])[0]


def _blas():
    import numpy  # noqa: F401  its BLAS is loaded with it
    from threadpoolctl import threadpool_info

    found = [p for p in threadpool_info() if p["user_api"] == "blas"]
    return ", ".join(f"{p['internal_api']} {p['version']}" for p in found) or "reference"


def _version(module):
    try:
        return __import__(module).__version__
    except ImportError:
        return None


def describe(root, tessera):
    """Ordered {what: value} for people."""
    cpu = _lscpu()
    system = dict(re.findall(r'^(\w+)="?(.*?)"?$', Path("/etc/os-release").read_text(), re.M))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    flags = cpu.get("Flags", "").split()
    vectors = [name for name in ("avx2", "fma", "avx512f") if name in flags]
    changed = " with changes" if _output("git", "-C", str(root), "status", "--porcelain") else ""
    commit = _output("git", "-C", str(root), "rev-parse", "--short", "HEAD") or "unknown"
    libraries = ["sklearn", "numpy", "pandas", "faiss", "h5py"]
    versions = [f"{name} {version}" for name in libraries if (version := _version(name))]
    return {
        "date": datetime.date.today().isoformat(),
        "Tessera": f"{_first_line(str(tessera), '--version')}, commit {commit}{changed}",
        "processor": f"{cpu.get('Model name', 'unknown')}, {os.cpu_count()} cores here, "
        f"{cpu.get('Thread(s) per core', '?')} thread(s) per core; "
        + (", ".join(vectors) or platform.machine()),
        "caches": "; ".join(f"{c} {cpu[c + ' cache']}" for c in ("L1d", "L2", "L3")
                            if c + " cache" in cpu),  # fmt: skip
        "virtual": cpu.get("Hypervisor vendor", "no"),
        "memory": f"{memory:.1f} GiB",
        "system": f"{system.get('PRETTY_NAME', 'unknown')}, Linux {platform.release()}",
        "compiler": _first_line("g++", "--version"),
        "MPI": _first_line("mpirun", "--version"),
        "peers": ", ".join([f"Python {platform.python_version()}", *versions, f"BLAS {_blas()}"]),
        "load before": f"{os.getloadavg()[0]:.2f} (processes that wanted to run, last minute)",
    }
