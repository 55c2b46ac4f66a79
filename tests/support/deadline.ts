// A machine under load takes its time, but an event that takes longer than this never comes.
const DEADLINE_MS = 120_000;

/**
 * Waits for an event, but not for ever.
 *
 * @param what the event, for the message
 * @throws {Error} when it does not come within two minutes
 */
export async function within<T>(event: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([event, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets everything that waits for promises or for its turn go on, as many steps as a chain of a test can have. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 32; turn++) {
    for (let step = 0; step < 50; step++) await null;
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
