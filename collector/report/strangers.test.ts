// strangers - What a recording made elsewhere may hold: lines of newer kernels and other spellings are read; what cannot be is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../base/errors.ts";
import { prettyJson, prettyPieces } from "../base/json.ts";
import { type Event, type Header, isTracerEvent } from "../events/event.ts";
import { epoch, parse } from "../events/parse.ts";
import { limitOf } from "../output/memory.ts";
import { follow } from "../recording/follow.ts";
import { eventLine } from "../recording/format/event-line.ts";
import { headerLine } from "../recording/format/header.ts";
import { eventOf } from "../testing/examples.ts";
import { HEADER } from "../testing/kernel.ts";
import { read, streamOf } from "../testing/recordings.ts";
import { header as htmlHeader } from "./html/header.ts";
import { reportMarkdown } from "./markdown/markdown.ts";
import { reportOf } from "./report.ts";
import { reportText } from "./text.ts";

const DMABUF = { binding: "b0", dmabuf: 4, bytes: 2 ** 20, shift: 12, ifindex: 3, ifname: "nic0" };
const ENDS = { laddr: "::ffff:198.51.100.7", lport: 80, raddr: "::ffff:198.51.100.8", rport: 40123 };
const SOCKET = { ...DMABUF, ...ENDS, sk: "s0", born: 10, t: 10, before: 0, issued: 0, pid: 61, comm: "rx" };
const SUMS = { sk: "s0", born: 10, issued: 23, returned: 23, linear: 0 };

async function reportOn(events: Event[], header: object = HEADER) {
  const lines = [headerLine(header as Header), ...events.map(eventLine), ""];
  return reportOf(await follow(await streamOf(Buffer.from(lines.join("\n")))));
}

test("a socket line without a device is read, from a probe as from a recording; the device is shown as gone", async () => {
  const line =
    "socket t=10 sk=s0 born=10 binding=b0 dmabuf=4 bytes=1048576 shift=12 ifindex=0 ifname= issued=0 before=0 netns=1 laddr=198.51.100.7 lport=80 raddr=198.51.100.8 rport=40123 pid=61 comm=rx";
  const event = parse(line, epoch("0"));
  assert.ok(event?.kind === "socket" && event.ifname === "" && !isTracerEvent(event));
  const report = await reportOn([eventOf("bind", { ...DMABUF, t: 1 }), event]);
  assert.deepEqual(
    [report.lost, report.bindings[0]?.ifindex, report.bindings[0]?.unboundAt !== null],
    [0, 0, true],
  );
  assert.match(reportText(report).join("\n"), /nic0[\s\S]*its device is gone/);
});

test("a socket that a reading spells in hexadecimal and a probe with dots is one", async () => {
  const met = eventOf("socket", { ...SOCKET, laddr: "::ffff:c633:6407", raddr: "::ffff:c633:6408" });
  const { sockets } = await reportOn([
    met,
    eventOf("close", { ...SUMS, ...ENDS, t: 20, xa: 0 }),
    eventOf("close", { ...SUMS, ...ENDS, t: 21, xa: 0 }),
  ]);
  assert.deepEqual(
    sockets.map(({ local }) => local),
    ["[::ffff:198.51.100.7]:80"],
  );
});

test("what restarts a call is no error of a program; what ends one has its name", async () => {
  const errors = [-512, -513, -514, -516, -4, -110].map((err, i) =>
    eventOf("recverr", { sk: "s0", born: 10, t: 30 + i, err }),
  );
  const { sockets } = await reportOn([eventOf("socket", SOCKET), ...errors]);
  assert.deepEqual(
    sockets[0]?.findings.map(({ errno }) => errno),
    ["EINTR", "ETIMEDOUT"],
  );
});

test("a number that cannot be is a lost event, and does not cancel another", async () => {
  const lines = [
    { ...eventOf("lost", { t: 5, what: "map" }), count: -7 },
    { ...eventOf("lost", { t: 6, what: "map" }), count: 7 },
    { ...eventOf("bind", DMABUF), shift: 2000 },
    { ...eventOf("socket", SOCKET), lport: 70000 },
  ];
  const report = await reportOn(lines as Event[]);
  assert.equal(report.lostBy.map, 7);
  assert.equal(report.lostBy.parse, 3);
});

const WRONG: Record<string, unknown> = {
  wall: "soon",
  t0: "9".repeat(19),
  host: { toString: 1 },
  command: "ls",
  stretch: null,
  boottime: "x",
  kernel: { release: "6", variant: "constructor" },
  tool: "t".repeat(1e6),
};
for (const [name, value] of Object.entries(WRONG))
  test(`a header whose ${name} is not valid is refused`, async () => {
    await assert.rejects(reportOn([], { ...HEADER, [name]: value }), (error) => {
      return error instanceof UserError && error.message.includes(`"${name}" is not valid`);
    });
  });

test("a long text is cut, and fields that a kind does not have are not kept", async () => {
  const line = JSON.stringify({ ...eventOf("bind", { ...DMABUF, comm: "c".repeat(1e6) }), more: [1] });
  const { events } = await read(Buffer.from(`${headerLine(HEADER)}\n${line}\n`));
  const bind = events[0] as Event & { comm: string };
  assert.deepEqual([bind.kind, bind.comm.length, "more" in bind], ["bind", 4096, false]);
});

test("JSON in pieces is the same JSON, and has nothing in it that turns the direction of text", () => {
  const value = {
    none: [],
    list: [{ a: "\u202e\u009b" }, [1]],
    text: "x\ny",
    left: undefined,
    deep: { b: [null] },
  };
  const text = [...prettyPieces(value)].join("");
  assert.equal(text, `${prettyJson(value)}\n`);
  assert.doesNotMatch(text, /[\u202a-\u202e\u0080-\u009f]/);
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
});

test("the limit of memory is a number of MiB", () => {
  assert.deepEqual([limitOf(undefined), limitOf("2048")], [512, 2048]);
  for (const text of ["1G", "-5", "1"]) assert.throws(() => limitOf(text), UserError);
});

test("a function that could not be probed is in every face of the report with what is not seen, whatever it is called", async () => {
  const hostile = "<b>*x*\u001b[2J";
  const report = await reportOn([], { ...HEADER, absent: ["tcp_recvmsg_locked", hostile] });
  const faces = [reportText(report), reportMarkdown(report), htmlHeader(report)].map((face) =>
    face.join("\n"),
  );
  for (const face of faces) {
    assert.match(
      face.replaceAll("&#95;", "_"),
      /tcp_recvmsg_locked cannot be probed in this kernel: peeks and failed calls/,
    );
    assert.match(face, /part of what it shows is not seen/);
    assert.ok(!face.includes("\u001b"));
  }
  for (const face of faces.slice(1)) assert.ok(!face.includes("<b>"));
});

test("absent functions that are not names are a damaged header", async () => {
  for (const absent of ["tcp_close", [7], ["x".repeat(5000)]])
    await assert.rejects(reportOn([], { ...HEADER, absent }), /damaged header .* "absent" is not valid/);
});
