/**
 * What every command may read that has permissions, for without it few programs start.
 *
 * @module
 */

/** Paths that need not be there, what may be done with them, and what for. */
export interface AlwaysAllowed {
  readonly paths: readonly string[];
  /** To write is beside to read. */
  readonly may: "read" | "write";
  /** Completes "for". */
  readonly what: string;
  /** Whether it is allowed to who may use the network, and to nobody else. */
  readonly ofNet?: true;
}

/** In the order in which it is told. Programs in these folders may be read, and not started. */
export const ALWAYS_ALLOWED: readonly AlwaysAllowed[] = [
  {
    paths: ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"],
    may: "read",
    what: "libraries and data of programs",
  },
  { paths: ["/nix/store", "/gnu/store"], may: "read", what: "the same on NixOS and Guix" },
  {
    paths: ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload"],
    may: "read",
    what: "loader of libraries",
  },
  {
    paths: ["/etc/localtime", "/etc/timezone", "/etc/locale.alias"],
    may: "read",
    what: "time zone and language",
  },
  {
    paths: ["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"],
    may: "read",
    what: "names of users and groups",
  },
  { paths: ["/etc/ssl/openssl.cnf"], may: "read", what: "OpenSSL" },
  {
    paths: [
      ...["cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version"],
      ...["cap_last_cap", "ngroups_max", "osrelease", "pid_max", "random"]
        .map((name) => `sys/kernel/${name}`),
      "sys/vm/overcommit_memory",
    ].map((name) => `/proc/${name}`),
    may: "read",
    what: "the machine, no process",
  },
  {
    paths: ["/sys/devices/system/cpu", "/sys/devices/system/node"],
    may: "read",
    what: "processors",
  },
  { paths: ["/dev/random", "/dev/urandom"], may: "read", what: "random numbers" },
  {
    paths: ["/dev/null", "/dev/zero", "/dev/full"],
    may: "write",
    what: "devices for scripts",
  },
  {
    paths: ["resolv.conf", "hosts", "host.conf", "gai.conf", "services", "protocols"]
      .map((name) => `/etc/${name}`),
    may: "read",
    what: "names of hosts",
    ofNet: true,
  },
  {
    paths: ["/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ca-certificates", "/etc/pki/tls/certs"],
    may: "read",
    what: "certificates",
    ofNet: true,
  },
];
