import type { Debuggee } from '../debugger/debuggee';
import type { RunCommand } from '../debugger/run/run-settings';
import { stopped, type RunResult } from '../debugger/run/stop';

/** What is debugged, however many clients come and go: it stands where the last of them has left it. */
export class Inferior {
  /** How the last run ended. */
  result: RunResult = stopped({ kind: 'entry' });

  constructor(readonly debuggee: Debuggee) {}

  /** Runs until something stops it. @param thread the one that is to step */
  async run(command: RunCommand, thread: number | undefined): Promise<RunResult> {
    const { debuggee } = this;
    const several = debuggee.targets.length > 1;
    const guest = several && thread !== undefined ? thread - 1 : undefined;
    this.result = await debuggee.run.run(command, false, guest);
    return this.result;
  }
}
