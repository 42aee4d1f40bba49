// let-go-report - What a long trace did not keep one by one, as the report publishes it, and in words.

import { plural, printable } from "../base/format.ts";
import { countsTokens } from "../events/event.ts";
import { roleName } from "../ledger/sockets/role.ts";
import type { Ledger } from "../ledger/state/ledger.ts";
import type { RoleSums } from "../ledger/state/let-go.ts";
import { letGoLeaks } from "../verdict/bounded-ledger.ts";
import type { Cell, Column } from "./columns.ts";
import type { Report, ReportLetGo, ReportRole } from "./shape.ts";

/** The report's field for it; none where nothing was let go. */
export function letGoReport(ledger: Ledger): Pick<Report, "letGo"> {
  const { sockets, bindings, roles, others } = ledger.letGo;
  if (sockets + bindings === 0) return {};
  const isCounted = countsTokens(ledger.header.level);
  const named = [...roles.values()].map((sums) => roleReport(sums, sums.role, isCounted));
  named.sort((a, b) => b.leaks - a.leaks || b.sockets - a.sockets);
  const rest = others.sockets > 0 ? [roleReport(others, OTHERS, isCounted)] : [];
  return { letGo: { sockets, leaks: letGoLeaks(ledger).leaks, roles: [...named, ...rest], bindings } };
}

const OTHERS = { comm: null, port: null, device: null };

function roleReport(
  sums: RoleSums,
  role: Pick<ReportRole, "comm" | "port" | "device">,
  isCounted: boolean,
): ReportRole {
  return {
    comm: role.comm,
    port: role.port,
    device: role.device,
    sockets: sums.sockets,
    leaks: sums.leaks,
    verdicts: { ...sums.verdicts },
    issued: isCounted ? sums.issued : null,
    returned: isCounted ? sums.returned : null,
    reclaimed: sums.reclaimed,
    swept: sums.swept,
    heldAtClose: sums.heldAtClose,
    payloadBytes: sums.payloadBytes,
    linearBytes: sums.linearBytes,
  };
}

/** How much was let go, in a sentence without its period; nothing where nothing was. */
export function letGoLines({ letGo }: Report): string[] {
  return letGo ? [letGoText(letGo)] : [];
}

function letGoText({ sockets, leaks, roles, bindings }: ReportLetGo): string {
  const named = roles.filter(({ comm }) => comm !== null).length;
  const others = named < roles.length ? " and further ones" : "";
  const leaked = leaks > 0 ? `, ${leaks} of them closed holding tokens` : "";
  const freed = bindings > 0 ? `; ${plural(bindings, "dma-buf")} that had been freed` : "";
  return `let go: ${plural(sockets, "finished socket")} of ${plural(named, "role")}${others}${leaked}${freed}; the tables below list what was kept, the verdict counts everything`;
}

/** A role in words. */
export function roleText({ comm, port, device }: ReportRole): string {
  if (comm === null || port === null || device === null) return "further roles together";
  return roleName({ comm, port, device });
}

/** "clean 5940, reclaimed 60". */
export function verdictsText({ verdicts }: ReportRole): string {
  return Object.entries(verdicts)
    .sort(([, a], [, b]) => b - a)
    .map(([verdict, times]) => `${verdict} ${times}`)
    .join(", ");
}

function column(title: string, cell: (role: ReportRole) => Cell): Column<ReportRole> {
  return { title, cell };
}

/** The columns of the table of roles as text and Markdown show them. */
export const ROLE_COLUMNS: readonly Column<ReportRole>[] = [
  column("role", (role) => ({ foreign: printable(roleText(role)) })),
  column("sockets", ({ sockets }) => String(sockets)),
  column("leaks", ({ leaks }) => String(leaks)),
  column("issued", ({ issued }) => String(issued ?? "-")),
  column("returned", ({ returned }) => String(returned ?? "-")),
  column("at close", ({ heldAtClose }) => String(heldAtClose)),
  column("verdicts when let go", (role) => verdictsText(role)),
];
