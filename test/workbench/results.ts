import { PREFIX } from './suite/harness';

export interface Result {
  readonly suite: string;
  passed: number;
  failed: number;
}

/** Reads what a suite says among the other lines of VS Code, and prints it as a person would read it. */
export class ResultReader {
  readonly result: Result;

  constructor(suite: string) {
    this.result = { suite, passed: 0, failed: 0 };
  }

  take(text: string): void {
    const at = text.indexOf(PREFIX);
    if (at < 0) return;
    const line = text.slice(at + PREFIX.length);
    const title = line.slice(5);
    if (line.startsWith('PASS ')) {
      this.result.passed++;
      process.stdout.write(`  ✔ ${title}\n`);
    } else if (line.startsWith('FAIL ')) {
      this.result.failed++;
      process.stdout.write(`  ✖ ${title.replaceAll('\n', '\n      ')}\n`);
    }
  }

  /** A run that broke off, or in which nothing ran, has failed. */
  end(complete: boolean): Result {
    if (!complete && this.result.failed === 0) this.result.failed++;
    if (this.result.passed + this.result.failed === 0) this.result.failed++;
    return this.result;
  }
}
