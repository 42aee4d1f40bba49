// doctor - What this host can do: facts about it → one line each, everything that is missing with its fix.

import { absentText } from "../events/absent.ts";
import { LEVELS, type Level } from "../events/event.ts";
import { type KernelFacts, NETLINK_FORM } from "../kernel/kernel.ts";
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
  kernel: Pick<KernelFacts, "release" | "variant" | "unknown"> | null;
  /** bpftrace's version and whether the probes are written for it. */
  bpftrace: { version: string; supported: boolean } | null;
  /**
   * By level: kernel functions that it does without here, and those that it needs and that cannot be probed. null where the list
   * of those that can be probed cannot be read.
   */
  levels: { level: Level; absent: string[]; missing: string[] }[] | null;
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

/** Everything that tracing needs, in the order in which to fix it. What is about devmem TCP is asked where there is any. */
export function checks(host: Host): Check[] {
  const hasDevmem = host.kernel !== null && host.kernel.variant !== "none";
  return [
    platform(host),
    privileges(host),
    reading(host),
    kernel(host),
    lockdown(host),
    bpftrace(host),
    ...(hasDevmem ? [layouts(host), ...levels(host)] : []),
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

const READING = "privileges to read";

/** Without these only `snapshot` fails. */
function reading({ privileges }: Host): Check {
  return capable(READING, privileges, lackingToRead(privileges), "snapshot");
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

function layouts({ kernel }: Host): Check {
  const unknown = kernel?.unknown ?? [];
  const found = unknown.length === 0 ? "every structure that the probes read is known" : unknown.join("; ");
  return {
    name: "layouts",
    ok: unknown.length === 0,
    found,
    fix: "use a newer devmem-trace, or report this kernel's version and the output of doctor",
  };
}

function lockdown({ lockdown }: Host): Check {
  return {
    name: "lockdown",
    ok: lockdown !== "confidentiality",
    found: lockdown,
    fix: "lockdown=confidentiality forbids reading kernel memory: boot with integrity or none",
  };
}

/** One for each level. */
function levels({ levels }: Host): Check[] {
  if (levels === null) {
    const fix = "mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing (as root)";
    return [{ name: "functions", ok: false, found: "unknown", fix }];
  }
  return levels.map(({ level, absent, missing }) => ({
    name: `level ${level}`,
    ok: missing.length === 0,
    found:
      missing.length > 0
        ? `cannot be probed: ${missing.join(", ")}`
        : ["every function it needs can be probed", ...absent.map((name) => absentText(name, level))].join(
            "; ",
          ),
    fix: "this kernel has inlined or renamed them, or does not have them: levels that are ok do without them",
  }));
}

function bpftrace({ bpftrace }: Host): Check {
  return {
    name: "bpftrace",
    ok: bpftrace?.supported ?? false,
    found: bpftrace?.version ?? "not found",
    fix: "install bpftrace 0.23 or newer (Debian 13: apt-get install bpftrace)",
  };
}

/** The checks as text, one line each, and what follows of them. */
export function doctorText(list: Check[]): string[] {
  const lines = list.map(
    (c) => `${c.ok ? "ok  " : "LACK"}  ${c.name}: ${c.found}${c.ok ? "" : ` - ${c.fix}`}`,
  );
  return [...lines, conclusion(list)];
}

/** The levels that can be traced here, and how much is left to fix. */
function conclusion(list: Check[]): string {
  const lacking = list.filter(({ ok }) => !ok).map(({ name }) => name);
  const needed = lacking.filter((name) => !name.startsWith("level ") && name !== READING);
  const able = needed.length > 0 ? [] : LEVELS.filter((level) => !lacking.includes(`level ${level}`));
  return `can trace: ${able.join(", ") || "nothing"}; ${lacking.length} to fix`;
}
