"""A cluster of one machine: munged, slurmctld and slurmd, without systemd or cgroups."""
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import time

DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch")

# ReturnToService: a node that was away comes back by itself.
CONFIGURATION = """
ClusterName=invar
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={controller_port}
SlurmdPort={daemon_port}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=60
MessageTimeout=30
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Names of programs that are not installed."""
    return [name for name in DAEMONS if shutil.which(name) is None]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    def __init__(self, folder, cpus):
        self.folder = pathlib.Path(folder)
        for name in ("spool", "state"):
            (self.folder / name).mkdir()
        self.folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self.configuration = self.folder / "slurm.conf"
        self.configuration.write_text(CONFIGURATION.format(
            host=socket.gethostname(), folder=self.folder, cpus=cpus,
            controller_port=free_port(), daemon_port=free_port()), encoding="utf-8")
        self.environment = {**os.environ, "SLURM_CONF": str(self.configuration)}
        self.children = {}
        self.is_restarted = False

    def start(self):
        self.spawn("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket",
                   f"--key-file={self.folder}/munge.key", f"--pid-file={self.folder}/munged.pid",
                   f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munge.seed")
        self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
        self.start_controller()
        self.spawn("slurmd", "-D", "-f", str(self.configuration))
        self.wait_for(lambda: "idle" in self.ask("sinfo", "--noheader", "--format=%T"), "a node")

    def start_controller(self):
        self.spawn("slurmctld", "-D", "-f", str(self.configuration))

    def spawn(self, name, *arguments):
        with open(self.folder / f"{name}.txt", "ab") as log:
            self.children[name] = subprocess.Popen([name, *arguments], env=self.environment,
                                                   stdout=log, stderr=subprocess.STDOUT)

    def wait_for(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"{what} did not appear in {seconds} s: {self.folder}/*.txt")
            time.sleep(0.2)

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              check=False).stdout

    def running_jobs(self):
        return self.ask("squeue", "--noheader", "--states=RUNNING", "--format=%i").split()

    def heal(self):
        """What an administrator does after a controller was killed. It may wait minutes until its
        node says that a job has ended meanwhile, and may start a job twice, for which Slurm drains
        the node."""
        if self.is_restarted:
            self.is_restarted = False
            self.ask("scontrol", "reconfigure")
        if "drain" in self.ask("sinfo", "--noheader", "--format=%T"):
            self.ask("scontrol", "update", f"NodeName={socket.gethostname()}", "State=RESUME")

    def kill_controller(self):
        self.children["slurmctld"].kill()
        self.children["slurmctld"].wait()
        self.is_restarted = True

    def stop(self):
        self.ask("scancel", "--signal=KILL", "--user=root")
        self.ask("scancel", "--user=root")
        for name in ("slurmd", "slurmctld", "munged"):
            if name in self.children:
                self.children[name].terminate()
                try:
                    self.children[name].wait(20)
                except subprocess.TimeoutExpired:
                    self.children[name].kill()
