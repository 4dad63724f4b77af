/* Does what its arguments say, and prints what it read; fails if the system refuses it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what) {
  perror(what);
  exit(1);
}

static void check(long result, const char *what) {
  if (result < 0) fail(what);
}

static void print(int fd) {
  char bytes[4096];
  ssize_t count;
  check(fd, "open");
  while ((count = read(fd, bytes, sizeof bytes)) > 0) check(write(1, bytes, count), "write");
  check(count, "read");
}

static void put(int fd) {
  check(fd, "open");
  check(write(fd, "attack\n", 7), "write");
}

static struct sockaddr_in address(const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return to;
}

static int on_tcp(int (*call)(int, const struct sockaddr *, socklen_t), const char *port) {
  struct sockaddr_in to = address(port);
  return call(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to);
}

static int on_tcp6(const char *port) {
  struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(port))};
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.sin6_addr);
  return connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to);
}

static int fast_open(const char *port) {
  struct sockaddr_in to = address(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return sendto(fd, "attack", 6, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to);
}

static int fast_open_message(const char *port) {
  struct sockaddr_in to = address(port);
  struct iovec text = {"attack", 6};
  struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &text, .msg_iovlen = 1};
  return sendmsg(socket(AF_INET, SOCK_STREAM, 0), &message, MSG_FASTOPEN);
}

static int on_mptcp(const char *port) {
  struct sockaddr_in to = address(port);
  return connect(socket(AF_INET, SOCK_STREAM, 262), (struct sockaddr *)&to, sizeof to);
}

static int datagram(const char *port) {
  struct sockaddr_in to = address(port);
  return sendto(socket(AF_INET, SOCK_DGRAM, 0), "attack", 6, 0, (struct sockaddr *)&to, sizeof to);
}

static int on_abstract(int (*call)(int, const struct sockaddr *, socklen_t), int fd,
                       const char *name) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  strncpy(to.sun_path + 1, name, sizeof to.sun_path - 2);
  return call(fd, (struct sockaddr *)&to, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

/* A process of its own, for what may be done to those and not to others. */
static pid_t target(const char *pid) {
  if (strcmp(pid, "child") != 0) return atoi(pid);
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
  return child;
}

int main(int count, char **args) {
  const char *act = count > 1 ? args[1] : "";
  const char *a = count > 2 ? args[2] : "";
  const char *b = count > 3 ? args[3] : "";
  char path[4096];
  if (!strcmp(act, "read")) print(open(a, O_RDONLY));
  else if (!strcmp(act, "read-write")) print(open(a, O_RDWR));
  else if (!strcmp(act, "read-at")) print(openat(open("/", O_PATH | O_DIRECTORY), a + 1, O_RDONLY));
  else if (!strcmp(act, "read-in")) {
    check(chdir(a), "chdir");
    print(open(b, O_RDONLY));
  } else if (!strcmp(act, "reopen")) {
    int fd = open(a, O_PATH);
    check(fd, "open");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    print(open(path, O_RDONLY));
  } else if (!strcmp(act, "handle")) {
    struct { struct file_handle it; unsigned char bytes[128]; } handle = {{.handle_bytes = 128}};
    int mount;
    check(name_to_handle_at(AT_FDCWD, a, &handle.it, &mount, 0), "name_to_handle_at");
    print(open_by_handle_at(open(b, O_RDONLY | O_DIRECTORY), &handle.it, O_RDONLY));
  } else if (!strcmp(act, "chroot")) {
    check(chroot(a), "chroot");
    print(open(b, O_RDONLY));
  } else if (!strcmp(act, "open")) check(open(a, O_RDONLY), "open");
  else if (!strcmp(act, "wait")) pause();
  else if (!strcmp(act, "list")) check(open(a, O_RDONLY | O_DIRECTORY), "open");
  else if (!strcmp(act, "write")) put(open(a, O_WRONLY | O_CREAT, 0600));
  else if (!strcmp(act, "append")) put(open(a, O_WRONLY | O_APPEND));
  else if (!strcmp(act, "truncate")) check(truncate(a, 0), "truncate");
  else if (!strcmp(act, "empty")) check(open(a, O_WRONLY | O_TRUNC), "open");
  else if (!strcmp(act, "temporary")) put(open(a, O_TMPFILE | O_WRONLY, 0600));
  else if (!strcmp(act, "rename")) check(rename(a, b), "rename");
  else if (!strcmp(act, "exchange")) check(renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE), "exchange");
  else if (!strcmp(act, "link")) check(link(a, b), "link");
  else if (!strcmp(act, "symlink")) check(symlink("/", a), "symlink");
  else if (!strcmp(act, "unlink")) check(unlink(a), "unlink");
  else if (!strcmp(act, "mkdir")) check(mkdir(a, 0700), "mkdir");
  else if (!strcmp(act, "rmdir")) check(rmdir(a), "rmdir");
  else if (!strcmp(act, "fifo")) check(mkfifo(a, 0600), "mkfifo");
  else if (!strcmp(act, "device")) check(mknod(a, S_IFCHR | 0600, makedev(1, 3)), "mknod");
  else if (!strcmp(act, "disk")) check(mknod(a, S_IFBLK | 0600, makedev(7, 0)), "mknod");
  else if (!strcmp(act, "connect")) check(on_tcp(connect, a), "connect");
  else if (!strcmp(act, "connect6")) check(on_tcp6(a), "connect");
  else if (!strcmp(act, "mptcp")) check(on_mptcp(a), "connect");
  else if (!strcmp(act, "fast-open")) check(fast_open(a), "sendto");
  else if (!strcmp(act, "fast-open-message")) check(fast_open_message(a), "sendmsg");
  else if (!strcmp(act, "datagram")) check(datagram(a), "sendto");
  else if (!strcmp(act, "listen")) check(listen(socket(AF_INET, SOCK_STREAM, 0), 5), "listen");
  else if (!strcmp(act, "raw")) check(socket(AF_INET, SOCK_RAW, 255), "socket");
  else if (!strcmp(act, "ring")) {
    char parameters[120] = {0};
    check(syscall(SYS_io_uring_setup, 1, parameters), "io_uring_setup");
  }
  else if (!strcmp(act, "bind")) check(on_tcp(bind, a), "bind");
  else if (!strcmp(act, "kill")) check(kill(target(a), SIGURG), "kill");
  else if (!strcmp(act, "queue")) check(sigqueue(target(a), SIGURG, (union sigval){0}), "sigqueue");
  else if (!strcmp(act, "pidfd")) {
    int fd = syscall(SYS_pidfd_open, target(a), 0);
    check(fd, "pidfd_open");
    check(syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0), "pidfd_send_signal");
  } else if (!strcmp(act, "trace")) check(ptrace(PTRACE_SEIZE, target(a), 0, 0), "ptrace");
  else if (!strcmp(act, "memory")) {
    /* It lies at one place in all processes of this program, which is linked to one. */
    static char there[8];
    struct iovec into = {path, 8}, from = {there, 8};
    check(process_vm_readv(target(a), &into, 1, &from, 1, 0), "process_vm_readv");
  } else if (!strcmp(act, "descriptor")) {
    int fd = syscall(SYS_pidfd_open, target(a), 0);
    check(syscall(SYS_pidfd_getfd, fd, 0, 0), "pidfd_getfd");
  } else if (!strcmp(act, "exec")) {
    execv(a, (char *[]){(char *)a, NULL});
    fail("execv");
  } else if (!strcmp(act, "listen-abstract")) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    check(on_abstract(bind, fd, a), "bind");
    check(listen(fd, 5), "listen");
    check(write(1, "ready\n", 6), "write");
    print(0);
  } else if (!strcmp(act, "connect-abstract")) {
    if (*b) {
      int fd = socket(AF_UNIX, SOCK_STREAM, 0);
      check(on_abstract(bind, fd, a), "bind");
      check(listen(fd, 5), "listen");
    }
    check(on_abstract(connect, socket(AF_UNIX, SOCK_STREAM, 0), a), "connect");
  } else if (!strcmp(act, "privileges")) printf("%d %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), geteuid());
  else return 2;
  return 0;
}
