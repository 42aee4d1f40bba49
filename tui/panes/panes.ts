// panes - The one table of panes. Tabs, keys, help and empty screens all read it; a new pane is one file and its name here and in state/model.ts.

import type { PaneName } from "../state/model.ts";
import { bindings } from "./bindings.ts";
import { leaks } from "./leaks.ts";
import { log } from "./log.ts";
import type { Pane } from "./pane.ts";
import { profile } from "./profile.ts";
import { sockets } from "./sockets.ts";

/** Name → pane. */
export const PANES: Record<PaneName, Pane> = { sockets, leaks, bindings, profile, log };
