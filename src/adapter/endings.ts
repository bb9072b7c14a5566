/** Requests that are answered when the debuggee ends, with what is known then. */
export class Endings {
  private waiting: (() => void)[] = [];

  /** @param signal that nobody waits any more */
  wait<T>(answer: () => T, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = (): void => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.waiting.push(tell);
      signal.addEventListener('abort', () => {
        this.waiting = this.waiting.filter((each) => each !== tell);
      });
    });
  }

  /** @returns what is over when all answers are on their way; undefined where nobody waits */
  tell(): Promise<void> | undefined {
    const { waiting } = this;
    if (waiting.length === 0) return undefined;
    this.waiting = [];
    for (const each of waiting) each();
    // Answers have several turns of their own on the way to the client.
    return new Promise((resolve) => setTimeout(resolve));
  }
}
