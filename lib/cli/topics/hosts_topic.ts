/**
 * `fanfold help hosts`: jobs on other machines, and who trusts whom.
 *
 * @module
 */

import type { Topic } from "../topic.ts";

export const hostsTopic: Topic = {
  name: "hosts",
  title: "jobs on other machines",
  blocks: [
    {
      lines: "fanfold join redis://queue.example -j 4            # on each host\n" +
        "fanfold run --on redis://queue.example             # where the inputs are\n" +
        "fanfold queue redis://queue.example                # runs, hosts, what waits",
    },
    "A host lends its slots to a queue, on a server that is there already: `redis://`, `rediss://` " +
    "(TLS; Valkey likewise) or `postgres://`, to which `?sslmode=require` can be added. `run`, `each` " +
    "and `map` send slices of many jobs to it, and print, keep, retry and resume as they do at home: " +
    "order, outcomes and exit code are the same. Hosts may come and go at any time.",
    "User and password are those of the URL, or of `FANFOLD_QUEUE_USER` and " +
    "`FANFOLD_QUEUE_PASSWORD`, which other users of the machine cannot see, as they can what a command " +
    "line says. They are shown nowhere and kept in no journal, and the environment of jobs on hosts " +
    "has neither of the two variables.",
    "A host runs only what it was told to serve:",
    {
      rows: [
        [
          "--tasks FILE",
          "tasks of a tasks file of its own: that of its folder unless named. A run's task of the " +
          "same name is taken if it does the same: action, modules, `env`, `cwd`, `permissions`. The " +
          "host's own modules are used, and the run only says limits (`timeout`, `memory`, `chunk`, " +
          "`recycle`, `grace`). If something differs, the run is told what",
        ],
        [
          "--bundles DIGEST",
          "just this task, shipped by any run, with its local modules: `fanfold plan --bundles` " +
          "tells the digest, which another command, module, `env`, `cwd` or permission changes",
        ],
        ["--bundles any", "whatever a run ships: any command, any code"],
      ],
    },
    "A task of the host's own that does the same goes before a bundle; a bundle that is served " +
    "before a refusal. A run without hosts waits for one; it ends if all that there are refuse a task, " +
    "with the reason of each.",
    "A bundle has what a function and its `init` import of local files, with the `deno.json`, import " +
    "map, lock file and `package.json` that apply, up to 64 MiB. Not shipped are files that a " +
    "function or a command opens, programs, `node_modules`, and modules whose names are computed. " +
    "Packages are downloaded by the host. Files are kept in `$XDG_CACHE_HOME/fanfold/bundles` (or " +
    "`~/.cache`), up to 1 GiB. A bundle with a `deno.json` runs in processes, which alone follow it.",
    "Paths: a task runs in the folder of its tasks file that it runs in at home; a host of a checkout " +
    "refuses it if it was started elsewhere. A bundle runs in the folder in which the host was " +
    "started, and a `cwd`, or a path of permissions, that lies in the folder of the tasks file is one " +
    "in that; a `cwd` elsewhere is refused.",
    "Who trusts whom: whoever has the password of the queue can have every host run the tasks that it " +
    "serves, with any input, and with `--bundles any` anything that the user of the host may do. All " +
    "that has come is checked before it is used, but that is no sandbox: give a host a user of its " +
    "own, and tasks `permissions`, which a host of a checkout takes from its own file alone. A run, " +
    "in turn, believes what hosts tell. Inputs, results, output, `env` and shipped modules pass " +
    "through the server, where its users can read them.",
    "A host that is killed, or silent for longer than its `--lock`, loses its jobs to others; what it " +
    "had told by then counts, and a job counts once, whoever tells of it again. But a job may be " +
    "started twice. With `twice: never` it is not: if its host is lost it has died. A job that hosts " +
    "do not survive has died in the end: what two were lost with is sent job by job, and what two are " +
    "lost with again once more, one job after another. While the server cannot be reached runs and " +
    "hosts wait; if it comes back without its data, what had not ended is sent again.",
    "TERM ends a host when what it has has ended; a second one at once, and others do the rest. A run " +
    "that is killed goes on with `--resume`, which starts again what it had not heard the end of, with " +
    "`twice: never`, too; what it left is removed then, or by " +
    "`fanfold queue URL --clean`.",
    "What a job prints comes when it has ended, not while it runs: so there is no `--live`. `stdin`, " +
    "`fold`, inputs, retries and `rate` are the run's own. Locks, queues and shared arrays of " +
    "`fanfold` work on one machine only.",
  ],
};
