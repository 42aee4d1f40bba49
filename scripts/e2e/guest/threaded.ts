// threaded - Inside the testbed: a program receives one stream as its descriptor 3. threaded.ts BYTES PROGRAM ARGUMENT…

import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { bind } from "../../receive/device/binding.ts";
import { prepareDevice, restoreDevice, steer, unsteer } from "../../receive/device/steer.ts";
import { Sender } from "../../receive/sender/sending.ts";
import { acceptAll, addressOf, endpoint, listen } from "../../receive/socket/listen.ts";
import { changeMode } from "../../receive/socket/mode.ts";

const [IFNAME, QUEUE, PORT, PAGES] = ["devmem0", 3, 5201, 4096];
const [bytes, program, ...given] = process.argv.slice(2);

const sender = new Sender("peer");
prepareDevice(IFNAME, QUEUE);
const rule = steer(IFNAME, "4", PORT, QUEUE);
const binding = bind(IFNAME, [QUEUE], PAGES);
const to = addressOf(IFNAME, "4");
const listener = listen("4", to, PORT, 1);
const order = { to, port: PORT, connections: 1, bytes: Number(bytes), tail: 0, hold: 0, deadline: 3600 };
const sent = sender.send(order);
const [accepted] = await acceptAll(listener, "4", endpoint("4", to, PORT), 1);
if (!accepted) throw new Error("no connection arrived");
changeMode(accepted.fd, 1); // an xarray and its lock, where the kernel has a choice; others refuse it
const receiver = spawn(program ?? "", given, { stdio: ["ignore", "inherit", "inherit", accepted.fd] });
fs.closeSync(accepted.fd);
const [code] = await once(receiver, "exit");
if (code !== 0) process.exit(1); // it has printed why
await sent;
sender.stop();
binding.close();
unsteer(IFNAME, rule);
restoreDevice(IFNAME);
