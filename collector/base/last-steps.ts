// last-steps - What must be undone before the process ends on an error: probes detach, and nothing of ours keeps running.

const steps = new Set<() => Promise<void>>();

/** Has `step` done before the process ends on an error. */
export function addLastStep(step: () => Promise<void>): void {
  steps.add(step);
}

/** Resolves when every step is done. */
export async function takeLastSteps(): Promise<void> {
  await Promise.all([...steps].map((step) => step()));
}
