import { DEFINE, RUN, testBadFiles } from "./bad_files.ts";

const DURATION = "wanted a duration like 500ms, 30s, 5m or 2h, up to 24d";
const TIMEOUT = `${DURATION}, or a share of the median like 200%`;
const TIMES = "wanted a whole number from 0";
const RETRIES = `${TIMES}, or a record like { times: 3, backoff: 1s }`;
const ON = 'wanted "failed", "timed-out", "died", or the name of an error like "TypeError"';

const NONE = " | leave it out for none";
const LEAST = " | 1ms is the least";

/** As `[value, as it is told, the hint, that for grace]`. */
const noTimes = [
  ["0", "0", NONE, LEAST],
  ["-5", "-5"],
  [".nan", "NaN"],
  [".inf", "Infinity"],
  ["2073601", "2073601"],
  ["25d", '"25d"'],
  ["1 s", '"1 s"', ' | did you mean "1s"?'],
  ["5x", '"5x"'],
  ["-1s", '"-1s"'],
  ['"0"', '"0"', NONE, LEAST],
  ['""', '""'],
  ["true", "true"],
  ["[1]", "a list"],
  ["{}", "an empty record"],
  ["null", "nothing"],
] as const;
for (const [value, told, hint = "", forGrace = hint] of noTimes) {
  testBadFiles([
    [`a timeout of ${value}`, "t.yaml", `tasks:\n  a: { shell: x, timeout: ${value} }`, [
      `2:27 found ${told} as "timeout" of task "a", ${TIMEOUT}${hint}`,
    ]],
    [`a grace of ${value}`, "t.yaml", `tasks:\n  a: { shell: x, grace: ${value} }`, [
      `2:25 found ${told} as "grace" of task "a", ${DURATION}${forGrace}`,
    ]],
    [
      `a backoff of ${value}`,
      "t.yaml",
      `tasks:\n  a: { shell: x, retries: { times: 1, backoff: ${value} } }`,
      [`2:48 found ${told} as "retries.backoff" of task "a", ${DURATION}${hint}`],
    ],
  ]);
}

testBadFiles([
  ["a share as a timeout that is none", "t.yaml", "tasks:\n  a: { shell: x, timeout: 0% }", [
    `2:27 found "0%" as "timeout" of task "a", ${TIMEOUT}${NONE}`,
  ]],
  ["a share as a grace", "t.yaml", "tasks:\n  a: { shell: x, grace: 200% }", [
    `2:25 found "200%" as "grace" of task "a", ${DURATION}`,
  ]],
  [
    "retries that are no number",
    "t.yaml",
    "tasks:\n  a: { shell: x, retries: -1 }\n  b: { shell: x, retries: 1.5 }\n" +
    '  c: { shell: x, retries: "3" }\n  d: { shell: x, retries: [3] }',
    [
      `2:27 found -1 as "retries" of task "a", ${RETRIES}`,
      `3:27 found 1.5 as "retries" of task "b", ${RETRIES}`,
      `4:27 found "3" as "retries" of task "c", ${RETRIES} | did you mean 3, without quotes?`,
      `5:27 found a list as "retries" of task "d", ${RETRIES}`,
    ],
  ],
  [
    "all that is wrong in retries at once",
    "t.yaml",
    "tasks:\n  a:\n    shell: x\n    retries:\n      times: -1\n      backoff: 1 s\n" +
    "      factor: 0.5\n      max: 0\n      jitter: 1.1\n      on: [timedout, 5, done]",
    [
      `5:14 found -1 as "retries.times" of task "a", ${TIMES}`,
      `6:16 found "1 s" as "retries.backoff" of task "a", ${DURATION} | did you mean "1s"?`,
      '7:15 found 0.5 as "retries.factor" of task "a", wanted a number from 1',
      `8:12 found 0 as "retries.max" of task "a", ${DURATION}`,
      '9:15 found 1.1 as "retries.jitter" of task "a", wanted a share from 0 to 1',
      `10:12 found "timedout" as "retries.on[0]" of task "a", ${ON} | did you mean "timed-out"?`,
      `10:22 found 5 as "retries.on[1]" of task "a", ${ON}`,
      `10:25 found "done" as "retries.on[2]" of task "a", ${ON}`,
    ],
  ],
  [
    "a factor without end, and jitter the other way",
    "t.yaml",
    "tasks:\n  a: { shell: x, retries: { times: 1, backoff: 1, factor: .inf, jitter: -0.1 } }",
    [
      '2:59 found Infinity as "retries.factor" of task "a", wanted a number from 1',
      '2:73 found -0.1 as "retries.jitter" of task "a", wanted a share from 0 to 1',
    ],
  ],
  ["reasons that are none", "t.yaml", "tasks:\n  a: { shell: x, retries: { times: 1, on: [] } }", [
    `2:43 found an empty list as "retries.on" of task "a", ${ON}`,
  ]],
  [
    "a reason with a slip in it, in the defaults",
    "t.yaml",
    "defaults: { retries: { times: 1, on: fail } }\ntasks: { a: { shell: x } }",
    [`1:38 found "fail" as "retries.on" of the defaults, ${ON} | did you mean "failed"?`],
  ],
  ["retries without times", "t.yaml", "tasks:\n  a: { shell: x, retries: { backoff: 1s } }", [
    '2:18 no "times" in "retries" of task "a"',
  ]],
  [
    "keys of retries with slips in them",
    "t.yaml",
    "tasks:\n  a: { shell: x, retries: { time: 1, back-off: 1s, colour: 1 } }",
    [
      '2:29 unknown key "time" in "retries" of task "a" | did you mean "times"?',
      '2:38 unknown key "back-off" in "retries" of task "a" | did you mean "backoff"?',
      '2:52 unknown key "colour" in "retries" of task "a" | the keys here are "times", "backoff", ' +
      '"factor", "max", "jitter" and "on"',
    ],
  ],
  [
    "an unknown key of retries in the defaults",
    "t.yaml",
    "defaults: { retries: { times: 1, jiter: 1 } }\ntasks: { a: { shell: x } }",
    ['1:34 unknown key "jiter" in "retries" of the defaults | did you mean "jitter"?'],
  ],
  [
    "keys with slips in them",
    "t.yaml",
    "defaults: { time-out: 1 }\ntasks:\n  a: { shell: x, retrys: 1, gracee: 1 }",
    [
      '1:13 unknown key "time-out" in the defaults | did you mean "timeout"?',
      '3:18 unknown key "retrys" in task "a" | did you mean "retries"?',
      '3:29 unknown key "gracee" in task "a" | did you mean "grace"?',
    ],
  ],
  [
    "waits that there are none of",
    "t.yaml",
    "tasks:\n  a: { shell: x, retries: { times: 1, factor: 2, max: 1m, jitter: 0.5 } }",
    [
      '2:39 "retries.factor" of task "a" goes with "backoff" only',
      '2:50 "retries.max" of task "a" goes with "backoff" only',
      '2:59 "retries.jitter" of task "a" goes with "backoff" only',
    ],
  ],
  [
    "a max below the backoff, in task and defaults",
    "t.yaml",
    "defaults: { retries: { times: 1, backoff: 2, max: 1 } }\ntasks:\n" +
    "  a: { shell: x, retries: { times: 1, backoff: 2m, max: 90s } }",
    [
      '1:51 found 1 as "retries.max" of the defaults, wanted no less than the "backoff" of 2',
      '3:57 found "90s" as "retries.max" of task "a", wanted no less than the "backoff" of "2m"',
    ],
  ],
  [
    "isolation worker with timeout",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, isolation: worker, timeout: 1s }`,
    [
      '2:45 found "worker" as "isolation" of task "a", wanted "process", for "timeout" cannot ' +
      "end a loop in a Worker",
    ],
  ],
  [
    "isolation worker with env and timeout once",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, isolation: worker, timeout: 1s, env: {} }`,
    [
      '2:45 found "worker" as "isolation" of task "a", wanted "process", for "env" needs a ' +
      "process of its own",
    ],
  ],
  [
    "isolation worker with the timeout of the defaults",
    "t.yaml",
    `defaults: { timeout: 200% }\ntasks:\n  a: { ${RUN}, isolation: worker }`,
    [
      '3:45 found "worker" as "isolation" of task "a", wanted "process", for the "timeout" of the ' +
      "defaults cannot end a loop in a Worker",
    ],
  ],
  [
    "isolation worker and timeout in the defaults once",
    "t.yaml",
    `defaults: { isolation: worker, timeout: 1 }\ntasks:\n  a: { ${RUN} }\n  b: { ${RUN}, timeout: 1 }`,
    [
      '1:24 found "worker" as "isolation" of the defaults, wanted "process", for "timeout" cannot ' +
      "end a loop in a Worker",
    ],
  ],
  [
    "wrong attempts",
    "t.toml",
    '[defaults]\ntimeout = "1x"\n[tasks.a]\nshell = "x"\nretries = { times = 1, on = "fail" }',
    [
      `2:11 found "1x" as "timeout" of the defaults, ${TIMEOUT}`,
      `5:29 found "fail" as "retries.on" of task "a", ${ON} | did you mean "failed"?`,
    ],
  ],
  [
    "wrong attempts",
    "t.ts",
    `${DEFINE}export default defineTasks({\n  a: { shell: "x", timeout: NaN, grace: 0 },\n});`,
    [
      `3:29 found NaN as "timeout" of task "a", ${TIMEOUT}`,
      `3:41 found 0 as "grace" of task "a", ${DURATION}${LEAST}`,
    ],
  ],
]);
