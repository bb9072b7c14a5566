import { Rec } from '../state/layout';
import { Hides } from './code-cache';
import type { Engine } from './engine';

/** Records whose own handler is hidden, so that the engine comes back before their instruction. */
export class HiddenHandlers {
  /** The record whose instruction is executed all the same; 0 for none. */
  private passing = 0;

  constructor(
    private readonly view: DataView,
    private readonly engine: Engine,
  ) {}

  /** What the engine has come back for, before the instruction of a record. */
  stopBefore(record: number): { readonly kind: 'breakpoint' | 'watched' } | undefined {
    const hides = record === this.passing ? 0 : this.view.getUint8(record + Rec.BREAKPOINT);
    if (hides === 0) return undefined;
    return { kind: hides & Hides.BREAKPOINT ? 'breakpoint' : 'watched' };
  }

  /** Executes the instruction all the same. */
  run(record: number): void {
    const { view } = this;
    const hidden = view.getUint16(record + Rec.HIDDEN, true);
    const handler = view.getUint16(record + Rec.HANDLER, true);
    view.setUint16(record + Rec.HANDLER, hidden, true);
    this.passing = record;
    try {
      this.engine.run(record);
    } finally {
      this.passing = 0;
      const hides = view.getUint8(record + Rec.BREAKPOINT) !== 0;
      if (hides) view.setUint16(record + Rec.HANDLER, handler, true);
    }
  }
}
