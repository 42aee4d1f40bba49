// doctor - What this host can do: facts about it → one line each, everything that is missing with its fix.

import type { Variant } from "../events/event.ts";
import { NETLINK_FORM } from "../kernel/kernel.ts";
import {
  lackingForBpftrace,
  lackingToRead,
  lackingToTrace,
  lackText,
  type Privileges,
} from "../kernel/privileges.ts";

/** What was found on a host; null where it could not be read. */
export interface Host {
  platform: string;
  privileges: Privileges;
  kernel: { release: string; variant: Variant } | null;
  /** bpftrace's version and whether the probes are written for it. */
  bpftrace: { version: string; supported: boolean } | null;
  /** Kernel functions the probes need that cannot be traced; null when the list of traceable ones cannot be read. */
  missing: string[] | null;
  /** Current mode in /sys/kernel/security/lockdown; "none" where the kernel has no lockdown. */
  lockdown: string;
}

/** One thing that must be there. `fix`: what to do when it is not. */
export interface Check {
  name: string;
  ok: boolean;
  found: string;
  fix: string;
}

/** Everything that tracing needs, in the order in which to fix it. */
export function checks(host: Host): Check[] {
  return [
    platform(host),
    privileges(host),
    reading(host),
    kernel(host),
    lockdown(host),
    functions(host),
    bpftrace(host),
  ];
}

function platform({ platform }: Host): Check {
  return {
    name: "system",
    ok: platform === "linux",
    found: platform,
    fix: "devmem TCP exists on Linux only",
  };
}

function privileges({ privileges, bpftrace }: Host): Check {
  const forBpftrace = bpftrace ? lackingForBpftrace(privileges, bpftrace.version) : [];
  const lacking = [...new Set([...lackingToTrace(privileges), ...forBpftrace])];
  return capable("privileges", privileges, lacking, "Tracing");
}

/** Without these only `snapshot` fails. */
function reading({ privileges }: Host): Check {
  return capable("privileges to read", privileges, lackingToRead(privileges), "snapshot");
}

function capable(name: string, has: Privileges, lacking: string[], what: string): Check {
  const found =
    lacking.length === 0
      ? `user ${has.uid}, ${[...has.effective].join(" ")}`
      : `user ${has.uid}, lacking ${lacking.join(" ")}`;
  return { name, ok: lacking.length === 0, found, fix: lackText(what, lacking, has) };
}

function kernel({ kernel }: Host): Check {
  const name = "token bookkeeping";
  if (!kernel)
    return { name, ok: false, found: "no BTF", fix: "use a kernel built with CONFIG_DEBUG_INFO_BTF=y" };
  const found = `${kernel.variant}, kernel ${kernel.release}`;
  const fix =
    kernel.variant === "none" ? "use 6.12 or newer with CONFIG_NET_DEVMEM=y" : `this kernel ${NETLINK_FORM}`;
  return { name, ok: kernel.variant === "xarray" || kernel.variant === "sockopt", found, fix };
}

function lockdown({ lockdown }: Host): Check {
  return {
    name: "lockdown",
    ok: lockdown !== "confidentiality",
    found: lockdown,
    fix: "lockdown=confidentiality forbids reading kernel memory: boot with integrity or none",
  };
}

function functions({ missing }: Host): Check {
  const name = "probes";
  if (missing === null) {
    const fix = "mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing (as root)";
    return { name, ok: false, found: "unknown", fix };
  }
  return {
    name,
    ok: missing.length === 0,
    found: missing.length === 0 ? "every function can be traced" : `cannot be traced: ${missing.join(", ")}`,
    fix: "this kernel has inlined or renamed them: please report its config and compiler",
  };
}

function bpftrace({ bpftrace }: Host): Check {
  return {
    name: "bpftrace",
    ok: bpftrace?.supported ?? false,
    found: bpftrace?.version ?? "not found",
    fix: "install bpftrace 0.23 or newer (Debian 13: apt-get install bpftrace)",
  };
}

/** The checks as text, one line each. */
export function doctorText(list: Check[]): string[] {
  return list.map((c) => `${c.ok ? "ok  " : "LACK"}  ${c.name}: ${c.found}${c.ok ? "" : ` - ${c.fix}`}`);
}
