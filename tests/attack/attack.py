"""What the attacks share: running the program, and telling a clear answer from a bad one."""
import os
import pathlib
import resource
import subprocess
import sys

DOCUMENTED = {0, 64, 65, 66, 69, 73, 74, 75, 78}
SECONDS = 10  # longer is a hang
MEMORY = 4 << 30


def messages(err):
    """What a quiet run says, without warnings. The launcher's event loop complains now and then of a
    pipe that was closed while it ended; that is no word of the job's."""
    quiet = ("warning:", "[warn] Epoll")
    return [line for line in err.splitlines() if line and not any(word in line for word in quiet)]


class Program:
    def __init__(self, program, launch=()):
        self.words = [*launch, program]
        # several ranks on one node share more address space than they use
        self.memory = resource.RLIM_INFINITY if launch else MEMORY
        self.bad = []

    def run(self, words, env=None):
        """(exit code, stdout, stderr); the code is a string where it is none."""
        try:
            result = subprocess.run(
                [*self.words, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL, timeout=SECONDS, env={**os.environ, **(env or {})},
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory)))
        except subprocess.TimeoutExpired:
            return "hang", b"", b""
        return result.returncode, result.stdout, result.stderr

    def must(self, words):
        """What a run prints that has to go well."""
        code, out, err = self.run(words.split())
        if code != 0:
            sys.exit(f"tessera {words}: {code}: {err.decode()}")
        return out

    def complain(self, what, code, err):
        self.bad.append(what)
        print(f"BAD: {what}: {code}: {err.decode(errors='replace')[:600].strip()}", flush=True)

    def check(self, what, code, err, expected=None, outputs=()):
        """Whether a run ended as it may: a documented code, one message, and no output unless it went
        well."""
        errors = [line for line in err.decode(errors="replace").splitlines() if ": error: " in line]
        if code not in DOCUMENTED:
            self.complain(what, code, err)
        elif (code != 0) != (len(errors) == 1) or b"HDF5-DIAG" in err:
            self.complain(f"{what} (messages)", code, err)
        elif expected is not None and code not in expected:
            self.complain(f"{what} (expected {sorted(expected)})", code, err)
        elif code != 0 and any(pathlib.Path(output).exists() for output in outputs):
            self.complain(f"{what} (left an output)", code, err)
        else:
            return True
        return False


def hidden_files(folder="."):
    return [name for name in os.listdir(folder) if name.endswith(".part")]
