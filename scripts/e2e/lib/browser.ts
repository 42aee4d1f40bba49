// browser - A page in headless Chromium, and everything it asked for or complained of.

import { type Browser, chromium, type Page } from "playwright-core";

export interface Watched {
  page: Page;
  /** Addresses the page asked for, the file itself left out. */
  requests: string[];
  /** Its console, and errors that were not caught. */
  complaints: string[];
}

/** The Chromium of Debian's package. */
export function browser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium" });
}

/** Opens a file in a window of this width. */
export async function open(browser: Browser, url: string, width = 1280): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => request.url() !== url && requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  await page.goto(url);
  return { page, requests, complaints };
}
