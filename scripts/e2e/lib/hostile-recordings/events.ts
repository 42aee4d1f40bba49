// events - The events that hostile recordings are made of, each as it would be in an honest one.

export type Values = Record<string, unknown>;

export const HEADER = {
  devmemTrace: 2,
  tool: "devmem-trace 0",
  level: "counts",
  kernel: { release: "6.12.0", variant: "xarray" },
  bpftrace: "0.23.2",
  t0: "4000000000",
  wall: "2026-03-01T08:00:00.000Z",
};
export const DMABUF = { dmabuf: 3, bytes: 2 ** 24, shift: 12, ifindex: 2, ifname: "eth0" };
export const ENDS = { laddr: "192.0.2.7", lport: 5201, raddr: "192.0.2.9", rport: 33000 };
export const TASK = { pid: 61, comm: "receiver" };
export const SUMS = { issued: 0, returned: 0, linear: 0 };

export const bind = (values: Values = {}) => ({
  kind: "bind",
  t: 1,
  binding: "b0",
  ...DMABUF,
  netns: 1,
  ...TASK,
  ...values,
});
export const socket = (values: Values = {}) => ({
  kind: "socket",
  t: 5,
  sk: "s0",
  born: 5,
  binding: "b0",
  ...DMABUF,
  issued: 0,
  before: 0,
  netns: 1,
  ...ENDS,
  ...TASK,
  ...values,
});
export const count = (values: Values = {}) => ({
  kind: "count",
  t: 9,
  sk: "s0",
  born: 5,
  ...SUMS,
  closed: 0,
  ...values,
});
export const close = (values: Values = {}) => ({
  kind: "close",
  t: 90,
  sk: "s0",
  born: 5,
  ...SUMS,
  xa: 0,
  bytes: 4096,
  ...ENDS,
  ...TASK,
  ...values,
});
export const destroy = (values: Values = {}) => ({
  kind: "destroy",
  t: 99,
  sk: "s0",
  born: 5,
  ...SUMS,
  closed: 90,
  xa: 0,
  ...values,
});
export const issue = (values: Values = {}) => ({
  kind: "issue",
  t: 6,
  sk: "s0",
  token: 1,
  dmabuf: 3,
  offset: 4096,
  size: 4096,
  tid: 61,
  ...TASK,
  ...values,
});
export const error = (values: Values = {}) => ({
  kind: "recverr",
  t: 7,
  sk: "s0",
  born: 5,
  err: -14,
  ...TASK,
  ...values,
});
export const lost = (values: Values = {}) => ({
  kind: "lost",
  t: 8,
  count: 1,
  what: "parse",
  detail: "",
  ...values,
});

/** A recording of these lines; what is text already stays. */

/** An honest life of one socket. */
export const SMALL = [
  bind(),
  socket(),
  count({ issued: 5, returned: 2 }),
  close({ issued: 5, returned: 2, xa: 1 }),
  destroy({ issued: 5, returned: 2 }),
];

/** Name → what makes a recording, or what claims to be one. */
export type Recordings = Readonly<Record<string, () => Buffer>>;
