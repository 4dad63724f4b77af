import { DEFINE, testBadFiles } from "./bad_files.ts";

const HALT = "wanted never, soon, now, or like soon,fail=3, now,fail=10% or now,success=1";
const RATE = "wanted a rate like 10/s, 100/m or 1/10s";

/** As `[value, as it is told, the hint for halt, the hint for rate]`. */
const noTexts = [
  ['"now,fail=0"', '"now,fail=0"'],
  ['"soon,fail=101%"', '"soon,fail=101%"'],
  ['"now,oops=1"', '"now,oops=1"'],
  ["Now", '"Now"'],
  ['""', '""'],
  ["1", "1", "", ' | did you mean "1/s"?'],
  ["true", "true", ' | did you mean "soon" or "now"?'],
  ["[now]", "a list"],
  ["{ when: now }", "a record"],
  ["null", "nothing"],
] as const;
for (const [value, told, forHalt = "", forRate = ""] of noTexts) {
  testBadFiles([
    [`a halt of ${value}`, "t.yaml", `tasks:\n  a: { shell: x, halt: ${value} }`, [
      `2:24 found ${told} as "halt" of task "a", ${HALT}${forHalt}`,
    ]],
    [`a rate of ${value}`, "t.yaml", `tasks:\n  a: { shell: x, rate: ${value} }`, [
      `2:24 found ${told} as "rate" of task "a", ${RATE}${forRate}`,
    ]],
  ]);
}

testBadFiles([
  ["a rate that no timer can keep", "t.yaml", "tasks:\n  a: { shell: x, rate: 1/25d }", [
    `2:24 found "1/25d" as "rate" of task "a", ${RATE}`,
  ]],
  [
    "halt and rate of the defaults",
    "t.yaml",
    "defaults: { halt: later, rate: 10 }\ntasks: { a: { shell: x } }",
    [
      `1:19 found "later" as "halt" of the defaults, ${HALT}`,
      `1:32 found 10 as "rate" of the defaults, ${RATE} | did you mean "10/s"?`,
    ],
  ],
  [
    "slips in both keys",
    "t.yaml",
    "tasks:\n  a: { shell: x, halts: now, rates: 1/s }",
    [
      '2:18 unknown key "halts" in task "a" | did you mean "halt"?',
      '2:30 unknown key "rates" in task "a" | did you mean "rate"?',
    ],
  ],
  [
    "halt and rate",
    "t.ts",
    `${DEFINE}export default defineTasks({\n  a: { shell: "x", halt: "5", rate: "s" },\n});`,
    [
      `3:26 found "5" as "halt" of task "a", ${HALT}`,
      `3:37 found "s" as "rate" of task "a", ${RATE}`,
    ],
  ],
]);
