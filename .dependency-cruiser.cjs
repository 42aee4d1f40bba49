// Which room of the tree may import which: docs/design.md has the picture. `npm run check` runs it.

/** Rooms of collector/ from the bottom up: a file may import of its own room and of the rooms named here. */
const ROOMS = {
  base: [],
  events: ["base"],
  ledger: ["base", "events"],
  verdict: ["base", "events", "ledger"],
  profile: ["base", "events", "ledger"],
  output: ["base"],
  recording: ["base", "events", "ledger", "verdict", "output"],
  report: ["base", "events", "ledger", "verdict", "profile", "output", "recording"],
  diff: ["base", "events", "ledger", "verdict", "profile", "output", "recording", "report"],
  export: ["base", "events", "ledger", "verdict", "profile", "output", "recording", "report"],
  kernel: ["base", "events"],
  bpftrace: ["base", "events", "kernel"],
  snapshot: ["base", "events", "kernel", "bpftrace"],
  tracer: ["base", "events", "ledger", "verdict", "output", "recording", "kernel", "bpftrace", "snapshot"],
  doctor: ["base", "events", "kernel", "bpftrace"],
};

/** Rooms of tui/ from the bottom up: the same, beside what the screen may import from collector/. */
const SCREEN_ROOMS = {
  draw: [],
  state: ["draw"],
  panes: ["draw", "state"],
  input: ["state", "panes"],
  layout: ["draw", "state", "panes", "input"],
  sources: ["state", "input"],
  screen: ["draw", "state", "input", "layout", "sources"],
};

/** Tests and what helps them may look everywhere below the command line. */
const TESTS = "[.](test|e2e)[.]ts$|/testing/|/e2e/";

const upward = Object.entries(ROOMS).map(([room, below]) => ({
  name: `${room}-imports-only-what-is-below-it`,
  severity: "error",
  from: { path: `^collector/${room}/`, pathNot: TESTS },
  to: { path: "^(collector|tui|scripts)/", pathNot: `^collector/(${[room, ...below].join("|")})/` },
}));

const screenUpward = Object.entries(SCREEN_ROOMS).map(([room, below]) => ({
  name: `${room}-of-the-screen-imports-only-what-is-below-it`,
  severity: "error",
  from: { path: `^tui/${room}/`, pathNot: TESTS },
  to: { path: "^tui/", pathNot: `^tui/(${[room, ...below].join("|")})/` },
}));

const PURE = "^collector/(base|events|ledger|verdict|profile)/";

/** The one file each that knows a package or a program. */
const only = (name, files, to) => ({
  name,
  severity: "error",
  from: { path: "^(collector|tui|scripts)/", pathNot: `${TESTS}|${files}` },
  to,
});

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    ...upward,
    ...screenUpward,
    {
      name: "every-room-is-listed",
      severity: "error",
      from: { path: "^collector/", pathNot: `${TESTS}|^collector/(${Object.keys(ROOMS).join("|")})/` },
      to: {},
    },
    {
      name: "every-room-of-the-screen-is-listed",
      severity: "error",
      from: { path: "^tui/", pathNot: `${TESTS}|^tui/(${Object.keys(SCREEN_ROOMS).join("|")})/` },
      to: {},
    },
    {
      name: "the-pure-core-knows-no-machine",
      severity: "error",
      comment:
        "base/version.ts reads this package's own package.json; base/width.ts and events/address.ts compute by a package",
      from: {
        path: PURE,
        pathNot: `${TESTS}|^collector/(base/(version|width)|events/address)[.]ts$`,
      },
      to: { dependencyTypes: ["core", "npm", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "the-screen-shows-and-does-not-trace",
      severity: "error",
      from: { path: "^tui/", pathNot: TESTS },
      to: { path: "^collector/(kernel|bpftrace|snapshot|tracer|doctor|export|diff)/|^scripts/" },
    },
    {
      name: "only-the-command-line-imports-the-screen",
      severity: "error",
      from: { path: "^(collector|scripts)/", pathNot: `${TESTS}|^scripts/(cli|bench)/` },
      to: { path: "^tui/" },
    },
    {
      name: "only-the-screens-shells-know-the-machine",
      severity: "error",
      from: { path: "^tui/", pathNot: `${TESTS}|^tui/screen/` },
      to: { dependencyTypes: ["core", "npm", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "a-declaration-of-a-verb-loads-names-only",
      severity: "error",
      comment: "what a verb does (scripts/cli/run) is loaded when it is run: see scripts/cli/verbs.ts",
      from: { path: "^scripts/cli/", pathNot: `${TESTS}|^scripts/cli/run/` },
      to: {
        pathNot:
          "^scripts/cli/(verbs/|[a-z]+[.]ts$)|^collector/(base/|events/|bpftrace/trusted-programs[.]ts$|export/(exporter|formats)[.]ts$)|^node_modules/commander/",
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    only("only-native-knows-koffi", "^collector/kernel/native[.]ts$", { path: "node_modules/koffi" }),
    only("only-screen-knows-blessed", "^tui/screen/screen[.]ts$", { path: "node_modules/blessed" }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "/testdata/" },
  },
};
