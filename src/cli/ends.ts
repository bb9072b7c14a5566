import { CommanderError } from 'commander';
import { UsageError } from './errors';

/** Exit statuses of the command line that no guest can choose: a guest's are odd. See README.md. */
export const STATUS = {
  /** Bad usage or bad input. */
  USAGE: 2,
  /** A mistake of Ringside's own (EX_SOFTWARE of sysexits.h). */
  INTERNAL: 70,
  /** Standard output cannot be written (EX_IOERR). */
  OUTPUT: 74,
} as const;

/** Says what a command has thrown, and gives the exit status. */
export function statusOfError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : STATUS.USAGE;
  if (error instanceof UsageError) {
    process.stderr.write(`ringside: ${error.message}\n`);
    return STATUS.USAGE;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `ringside: this is a mistake of Ringside's own, please report it: ${stack}\n`,
  );
  return STATUS.INTERNAL;
}

/** Whatever happens outside of a command's own course ends the process with a status of its own, too. */
export function endOnTrouble(): void {
  process.on('uncaughtException', (error) => {
    process.exit(statusOfError(error));
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `ringside run … | head`: who has seen enough wants to hear nothing.
    if (error.code !== 'EPIPE')
      process.stderr.write(
        `ringside: the output cannot be written (${error.code ?? error.message})\n`,
      );
    process.exit(STATUS.OUTPUT);
  });
  process.stderr.on('error', () => undefined);
}
