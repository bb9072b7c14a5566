import type { Writable } from 'node:stream';

/** Writes messages of the base protocol, and knows whether the client reads them. */
export class MessageWriter {
  constructor(private readonly output: Writable) {}

  write(message: object): void {
    const json = JSON.stringify(message);
    this.output.write(`Content-Length: ${String(Buffer.byteLength(json))}\r\n\r\n${json}`);
  }

  /** Until the client has read what was written: at once, unless it is behind. */
  async drained(): Promise<void> {
    const { output } = this;
    if (!output.writableNeedDrain || output.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        output.off('drain', done).off('close', done);
        resolve();
      };
      output.on('drain', done).on('close', done);
    });
  }
}
