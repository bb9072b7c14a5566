import { placeAt } from '../../debugger/places/program-place';
import { refusalText } from '../../debugger/techniques';
import type { ExitRecord } from '../../debugger/trace/exit-trace';
import type { Refusal } from '../../vmm';
import type { SessionContext } from '../context';
import { CustomEvent, type RemarkEventBody } from '../protocol';

/**
 * What happens to the guest without anybody being told is said where it happens: in the Debug Console, and at
 * the line of the source. Once for each instruction, with what it was about the first time.
 */
export class Remarks {
  private readonly told = new Set<string>();

  constructor(private readonly context: SessionContext) {}

  /** An instruction that should have come to the monitor, and does not. */
  hole(record: ExitRecord): void {
    if (!this.isNew(record.reason, record.linear)) return;
    const { target } = this.context.debuggee;
    this.tell(target.technique.exits.title(record), record.linear);
  }

  /** What the monitor has refused. */
  refused(refusal: Refusal, linear: bigint): void {
    if (this.isNew(refusal.kind, linear)) this.tell(refusalText(refusal), linear);
  }

  private isNew(kind: string | number, linear: bigint): boolean {
    const key = `${String(kind)} ${String(linear)}`;
    const known = this.told.has(key);
    this.told.add(key);
    return !known;
  }

  private tell(text: string, linear: bigint): void {
    const { context } = this;
    const { target } = context.debuggee;
    const place = placeAt(target, linear, target.memory)?.entry.chain[0];
    const location = place && {
      source: context.shippedSources.source(place.file),
      line: context.clientLine(place.file, place.line),
    };
    context.output.flush();
    context.print(`${text}\n`, 'console', location);
    if (!location) return;
    const body: RemarkEventBody = { ...location, text };
    context.send(CustomEvent.REMARK, body);
  }
}
