"""`lemma run --reduced` where namespaces are forbidden: refused without the word, and with it less
is held, which the result says. `reduced_test.py build/dev/lemma`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = """
import sys
def half(n):
    return 1 / n
print("input", sys.stdin.read(), open("data.txt").read(), file=sys.stderr)
open("data.txt", "w").write("changed")
for path in sys.argv[1], "/etc/shadow", ".env":
    try:
        print("BREACH", open(path).read())
    except OSError:
        print("HELD")
half(0)
"""


def landlock_version():
    import ctypes
    create_ruleset = 444
    return ctypes.CDLL(None).syscall(create_ruleset, None, 0, 1)


def forbidding(command):
    """The command, as an ordinary user for whom no namespace can be made."""
    drop = ["/usr/bin/setpriv", "--inh-caps=-all", "--ambient-caps=-all"]
    ordinary = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    forbid = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    unshare = ["unshare", "--map-current-user", "--keep-caps", "sh", "-c", forbid, "sh"]
    return (ordinary if os.geteuid() == 0 else []) + unshare + drop + command


def run(folder, *arguments):
    environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "XDG_CONFIG_HOME": folder}
    command = forbidding([os.path.join(folder, "bin/lemma"), "run", *arguments])
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder,
                          check=False)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(os.path.dirname(path), 0o755)


def check(folder):
    project, secret = os.path.join(folder, "project"), os.path.join(folder, "home/.ssh/id_rsa")
    program, data = os.path.join(project, "a.py"), os.path.join(project, "data.txt")
    for path, text in ((program, PROGRAM), (data, "data"), (secret, "canary"),
                       (os.path.join(project, ".env"), "canary"),
                       (os.path.join(project, "input"), "given")):
        write(path, text)
    arguments = ["--stdin", os.path.join(project, "input"), program, "--", secret]

    refused = run(folder, "--json", *arguments)
    told = json.loads(refused.stdout)
    assert told["verdict"] == "refused" and "--reduced" in told["reason"], told

    told = json.loads(run(folder, "--json", "--reduced", *arguments).stdout)
    assert told["verdict"] == "failed" and told["exit_code"] == 1, told
    assert told["stdout"] == "HELD\nHELD\nHELD\n", told
    assert "input given data" in told["stderr"], told
    assert told["layers"][0].startswith("reduced: "), told
    assert "not enforced" in told["limits"]["scratch_files"]["held"], told["limits"]
    frame = told["failures"][0]["frames"][-1]
    assert frame["file"] == program and frame["line"] == 4, frame
    assert {"name": "n", "value": "0"} in frame["locals"], frame
    with open(data, encoding="utf-8") as file:
        assert file.read() == "data"

    shown = run(folder, "--reduced", *arguments)
    assert shown.returncode == 1 and "in a reduced sandbox" in shown.stderr, shown


def main():
    lemma = os.path.abspath(sys.argv[1])
    least_version = 6
    with tempfile.TemporaryDirectory() as folder:
        # From here, since the checkout may lie where only root may look.
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "bin"), 0o755)
        for program in (lemma, os.path.join(os.path.dirname(lemma), "lemma-sandbox")):
            shutil.copy(program, os.path.join(folder, "bin"))
        if landlock_version() >= least_version:
            check(folder)
        else:
            write(os.path.join(folder, "project/a.sh"), "echo ran")
            shown = run(folder, "--reduced", os.path.join(folder, "project/a.sh"))
            assert shown.returncode == 1 and "using Landlock" in shown.stderr, shown


main()
