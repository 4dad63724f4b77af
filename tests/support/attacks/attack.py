"""Does what its arguments say, and prints what it read; fails if the system refuses it."""
import mmap, os, shutil, signal, socket, sys

act, args = sys.argv[1], sys.argv[2:]


def put(path, mode):
    with open(path, mode) as file:
        file.write("attack\n")


def send_file(path):
    with open(path, "rb") as file:
        os.sendfile(1, file.fileno(), 0, 4096)


def mapped(path):
    with open(path, "rb") as file:
        print(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)[:].decode())


def connect(port, family=socket.AF_INET, host="127.0.0.1"):
    socket.socket(family, socket.SOCK_STREAM).connect((host, int(port)))


ACTS = {
    "read": lambda path: print(open(path).read()),
    "mapped": mapped,
    "send": send_file,
    "copy": lambda a, b: shutil.copyfile(a, b),
    "list": lambda path: print(os.listdir(path)),
    "write": lambda path: put(path, "w"),
    "append": lambda path: put(path, "a"),
    "create": lambda path: put(path, "x"),
    "truncate": lambda path: os.truncate(path, 0),
    "rename": os.rename,
    "link": os.link,
    "symlink": lambda path: os.symlink("/", path),
    "unlink": os.unlink,
    "mkdir": os.mkdir,
    "rmdir": os.rmdir,
    "device": lambda path: os.mknod(path, 0o20600, os.makedev(1, 3)),
    "socket": lambda path: socket.socket(socket.AF_UNIX).bind(path),
    "connect": connect,
    "connect6": lambda port: connect(port, socket.AF_INET6, "::ffff:127.0.0.1"),
    "bind": lambda port: socket.socket().bind(("127.0.0.1", int(port))),
    "kill": lambda pid: os.kill(int(pid) or os.getpid(), signal.SIGURG),
    "exec": lambda path: os.execv(path, [path]),
    "spawn": lambda path: sys.exit(os.spawnv(os.P_WAIT, path, [path])),
}

try:
    ACTS[act](*args)
except OSError as error:
    sys.exit(str(error))
